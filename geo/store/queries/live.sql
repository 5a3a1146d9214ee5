-- name: features
-- Points of a layer as streams tell them: place in degrees, and the attributes of the closest tiles.
select id, round(st_x(place)::numeric, 7)::float8 as lon, round(st_y(place)::numeric, 7)::float8 as lat{columns}
from {view}, st_transform(geom, 4326) as place
where id = any(%s)

-- name: ground
-- The ground of the area of a code (or a compound), in EPSG:3857.
select st_asbinary(tile_geom) from area where code = %s order by level = 'compound', id limit 1
