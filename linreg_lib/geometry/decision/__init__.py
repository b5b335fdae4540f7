"""The complex of a classifier, cut further where the top class switches."""
