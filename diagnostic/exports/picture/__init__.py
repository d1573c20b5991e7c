"""Static maps and charts as PNG or SVG bytes."""

from diagnostic.exports.picture.archive import archive, pictures
from diagnostic.exports.picture.canvas import painted, rendered
from diagnostic.exports.picture.charts import draw_chart
from diagnostic.exports.picture.maps import Layers, Maps, classes, draw_map, maps_of
