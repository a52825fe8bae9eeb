"""(B) Geographic subdivisions smaller than a State: streets, ZIP codes, cities, counties, named sites."""

from clinft.stages.audit.recognizers import (
    cities,
    coordinates,
    facilities,
    known_cities,
    postcodes,
    streets,
    streets_abroad,
)

RULES = (
    *streets.RULES,
    *streets_abroad.RULES,
    *postcodes.RULES,
    *cities.RULES,
    *known_cities.RULES,
    *facilities.RULES,
    *coordinates.RULES,
)
