{{! A part of a whole, as a fraction; NULL of nothing. }}
cast({{raw part}} as double) / nullif({{raw of}}, 0)
