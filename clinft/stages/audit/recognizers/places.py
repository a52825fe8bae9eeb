"""(B) Geographic subdivisions smaller than a State: streets, ZIP codes, cities, counties, named sites."""

from clinft.stages.audit.recognizers import cities, coordinates, facilities, postcodes, streets

RULES = (
    *streets.RULES,
    *postcodes.RULES,
    *cities.RULES,
    *facilities.RULES,
    *coordinates.RULES,
)
