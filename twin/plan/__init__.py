"""The generator of reference plans: a zone invented from rules, written as the files that real zones consist of."""
