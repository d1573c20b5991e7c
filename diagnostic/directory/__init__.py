"""The one directory of names: which commune a code, a name, a postcode mean; when in doubt, ask.

Deposits, perimeters of one's own and links read the same one. It holds the communes of today, the old ones with
the commune that holds them now, the arrondissements of the three cities. A homonym is never taken for another.
"""

from diagnostic.directory.communes import Directory
from diagnostic.directory.names import commune_name, plain, plain_all
from diagnostic.directory.resolving import OK, QUESTION, REFUSED, REPAIRED, Match, Resolver, resolve
