{{! Figures about the delays of a group of flights. }}
count(*) as flights,
count(*) filter (where punctuality = 'late') as late_flights,
cast(sum(delay) as bigint) as total_delay,
cast(sum(delay) as double) / count(*) as mean_delay
