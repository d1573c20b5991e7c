"""Mon département: all its intercommunalités in one table, their convention, their alert; pick some to go on."""

from diagnostic.ui import asked, cockpit, frame

PAGE = {"title": "Mon département", "group": "Comparer", "order": 3}

report = frame.open_page("mon_departement")
cockpit.page(report, asked.database())
