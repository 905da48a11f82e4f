{{! Figures about the delays of a group of flights. The mean is a quotient of whole numbers, so that every engine gives the same. }}
count(*) as flights,
count(*) filter (where punctuality = 'late') as late_flights,
cast(sum(delay) as bigint) as total_delay,
cast(sum(delay) as double precision) / count(*) as mean_delay,
percentile_cont(0.5) within group (order by delay) as median_delay,
percentile_disc(0.9) within group (order by delay) as p90_delay
