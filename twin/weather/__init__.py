"""The sun and the air of one year, hour by hour: from a user's file, or a typical year made from monthly normals."""
