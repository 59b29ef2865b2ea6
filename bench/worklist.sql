-- The worklist of rules.md, tuned by hand for DuckDB. bench/worklist_sql.py prepares the tables it reads
-- (optional columns filled in, instants as wall clock of the branch) and runs the statements one by one.
-- Variable d: the as-of date in days since 1970. Days are such integers everywhere.
--
-- What makes it fast: text becomes small integers once; appointments are told apart by a 64-bit hash, and their
-- lines are put together only where they disagree (odd) or where the text is needed (fresh); gaps come from one sort
-- of 64-bit keys and a streaming lag; "latest, then largest, then smallest" is one maximum of a packed integer.
-- Packed start of a line, `moment`: (day + 500000) * 2^42 + microseconds since the midnight of that day.

-- One row per service, staff and branch that occurs, numbered in the order of the text; 0 is the empty text.
CREATE TEMP TABLE trio AS
SELECT DISTINCT coalesce(service_id, '') AS service_id, coalesce(staff_id, '') AS staff_id,
       coalesce(branch_id, '') AS branch_id
FROM appointments;

CREATE TEMP TABLE staff_code AS
SELECT staff_id, (row_number() OVER (ORDER BY staff_id) - 1)::USMALLINT AS staff
FROM (SELECT staff_id FROM trio UNION SELECT '');

CREATE TEMP TABLE branch_code AS
SELECT branch_id, (row_number() OVER (ORDER BY branch_id) - 1)::USMALLINT AS branch
FROM (SELECT branch_id FROM trio UNION SELECT '');

CREATE TEMP TABLE service_code AS
SELECT service_id, category, interval_days, cycle_key,
       (row_number() OVER (ORDER BY service_id) - 1)::USMALLINT AS s,
       (dense_rank() OVER (ORDER BY cycle_key) - 1)::USMALLINT AS k
FROM (
    SELECT u.service_id, coalesce(v.category, '') AS category, v.interval_days,
           coalesce(nullif(v.category, ''), u.service_id) AS cycle_key
    FROM (SELECT DISTINCT service_id FROM trio) u LEFT JOIN services v USING (service_id)
);

-- One row per client with an appointment or a waiting-list entry; c follows the order of client_id.
CREATE TEMP TABLE client AS
SELECT client_id, (row_number() OVER (ORDER BY client_id) - 1)::INT AS c
FROM (SELECT client_id FROM appointments GROUP BY client_id UNION SELECT client_id FROM waitlist);

-- One row per line. State as if the line were alone: 0 not known, 1 visit, 2 upcoming, 3 miss, 5 unclosed,
-- 6 miss within the window, 7 ignored.
CREATE TEMP TABLE line AS
SELECT client.c, s, k, staff, branch, hash(appointment_id) AS h, rn,
       ((day + 500000)::BIGINT << 42) + (epoch_us(starts_at) - day * 86400000000) AS moment,
       amount,
       (CASE WHEN created_at >= getvariable('tomorrow') THEN 0
             WHEN status = 'completed' AND starts_at < getvariable('tomorrow') THEN 1
             WHEN status = 'no_show' AND starts_at < getvariable('tomorrow')
                  THEN CASE WHEN day BETWEEN getvariable('d') - 7 AND getvariable('d') - 1 THEN 6 ELSE 3 END
             WHEN status = 'cancelled' AND coalesce(cancelled_at, starts_at) < getvariable('tomorrow')
                  THEN CASE WHEN coalesce(cancelled_at, starts_at) >= getvariable('week_before')
                             AND coalesce(cancelled_at, starts_at) < getvariable('today') THEN 6 ELSE 3 END
             WHEN status = 'cancelled' AND cancelled_at IS NULL THEN 7
             WHEN day >= getvariable('d') THEN 2
             ELSE 5 END)::UTINYINT AS state
FROM (
    SELECT *, (starts_at::DATE - DATE '1970-01-01')::INT AS day FROM appointments
) a
JOIN client ON client.client_id = a.client_id
JOIN service_code ON service_code.service_id = coalesce(a.service_id, '')
JOIN staff_code ON staff_code.staff_id = coalesce(a.staff_id, '')
JOIN branch_code ON branch_code.branch_id = coalesce(a.branch_id, '');

-- One row per appointment that is a visit, or whose lines disagree on state or day (odd). Within a client, two
-- appointments with one hash would only be held for odd and told apart, unless both are visits of one day.
CREATE TEMP TABLE visit AS
SELECT c, h, min(moment) AS start, min(mark) <> max(mark) AS odd
FROM (SELECT c, h, moment, (moment >> 42)::INT * 8 + CASE state WHEN 6 THEN 3 ELSE state END AS mark FROM line)
GROUP BY c, h HAVING min(mark) <> max(mark) OR (min(mark) & 7) = 1;

CREATE TEMP TABLE odd AS SELECT c, h FROM visit WHERE odd;

CREATE TEMP TABLE mended AS
WITH a AS (
    SELECT appointments.* FROM appointments
    JOIN (SELECT rn FROM line SEMI JOIN odd USING (c, h)) USING (rn)
), whole AS (
    SELECT client_id, appointment_id, min(starts_at) AS start, min(created_at) AS created,
           max(cancelled_at) AS cancelled, bool_or(status = 'completed') AS completed,
           bool_or(status = 'no_show') AS no_show, bool_or(status = 'booked') AS booked
    FROM a GROUP BY ALL
), judged AS (
    SELECT client_id, appointment_id, (start::DATE - DATE '1970-01-01')::INT AS day,
           (CASE WHEN created >= getvariable('tomorrow') THEN 0
                 WHEN completed THEN CASE WHEN start < getvariable('tomorrow') THEN 1 ELSE 2 END
                 WHEN no_show THEN CASE WHEN start >= getvariable('tomorrow') THEN 2
                                        WHEN start >= getvariable('week_before') AND start < getvariable('today') THEN 6
                                        ELSE 3 END
                 WHEN NOT booked AND coalesce(cancelled, start) < getvariable('tomorrow')
                      THEN CASE WHEN coalesce(cancelled, start) >= getvariable('week_before')
                                 AND coalesce(cancelled, start) < getvariable('today') THEN 6 ELSE 3 END
                 WHEN NOT booked AND cancelled IS NULL THEN 7
                 WHEN start >= getvariable('today') THEN 2
                 ELSE 5 END)::UTINYINT AS state
    FROM whole
)
SELECT rn, state, ((day + 500000)::BIGINT << 42) + (epoch_us(starts_at) - day * 86400000000) AS moment
FROM a JOIN judged USING (client_id, appointment_id);

UPDATE line SET state = mended.state, moment = mended.moment FROM mended WHERE line.rn = mended.rn;

DELETE FROM visit WHERE odd;

INSERT INTO visit SELECT c, h, min(moment), false FROM line SEMI JOIN odd USING (c, h) WHERE state = 1 GROUP BY c, h;

-- Visits in the order of client and start, one packed integer each: client * 2^37 + shifted day * 2^17 + second of the
-- day. One sort serves the visit days of a client and the last ten visits, both by streaming over neighbours.
CREATE TEMP TABLE visit_key AS
SELECT (c::BIGINT << 37) | ((start >> 42) << 17) | ((start & 4398046511103) // 1000000) AS key FROM visit ORDER BY key;

-- One row per client with a visit.
CREATE TEMP TABLE visitor AS
WITH step AS (
    SELECT key >> 17 AS day_key, lag(key) OVER () >> 17 AS day_key_before FROM visit_key
), stay AS (
    SELECT (day_key >> 20)::INT AS c, count(*)::INT AS visits, max(day_key & 1048575)::INT - 500000 AS last_day
    FROM step WHERE day_key IS DISTINCT FROM day_key_before GROUP BY ALL
)
SELECT * FROM stay JOIN (SELECT c, sum(amount)::BIGINT AS spent FROM line WHERE state = 1 GROUP BY c) USING (c);

-- One row per client with something upcoming.
CREATE TEMP TABLE booked AS SELECT DISTINCT c FROM line WHERE state = 2;

-- Text and exact facts of the few appointments that can make a row of their own.
CREATE TEMP TABLE fresh AS
WITH wanted AS (
    SELECT c, h FROM line
    WHERE state = 6
       OR (state = 2 AND moment < (getvariable('d') + 500015)::BIGINT << 42)
       OR (state = 1 AND moment >= (getvariable('d') + 500000 - 7)::BIGINT << 42)
), a AS (
    SELECT appointments.*, l.c, l.state, (l.moment >> 42)::INT - 500000 AS day
    FROM appointments JOIN (SELECT rn, c, state, moment FROM line SEMI JOIN wanted USING (c, h)) l USING (rn)
)
SELECT c, appointment_id, max(state) AS state, min(day) AS day, min(starts_at) AS start,
       (min(created_at)::DATE - DATE '1970-01-01')::INT AS created_day,
       ((CASE WHEN bool_or(status = 'no_show') THEN min(starts_at)
              ELSE coalesce(max(cancelled_at), min(starts_at)) END)::DATE - DATE '1970-01-01')::INT AS miss_day
FROM a GROUP BY c, appointment_id;

-- One row per client whose miss makes a row, and so is not due.
CREATE TEMP TABLE missed AS
SELECT m.c, m.miss_day, m.appointment_id
FROM (
    SELECT c, max(miss_day) AS miss_day,
           arg_max(appointment_id, ROW(miss_day, start, appointment_id)) AS appointment_id
    FROM fresh
    WHERE state IN (3, 6) AND miss_day BETWEEN getvariable('d') - 7 AND getvariable('d') - 1
    GROUP BY c
) m
ANTI JOIN booked ON booked.c = m.c
LEFT JOIN visitor ON visitor.c = m.c
WHERE visitor.last_day IS NULL OR visitor.last_day < m.miss_day;

-- One row per interval rule and month (0: every month); level is its place in "the first of".
CREATE TEMP TABLE rule AS
SELECT service_id, category, trait, trait_value, interval_days, m.month,
       CASE WHEN service_id <> '' THEN 0 ELSE 4 END
       + CASE WHEN trait <> '' AND months <> '' THEN 1 WHEN trait <> '' THEN 2 WHEN months <> '' THEN 3 ELSE 4 END
       AS level
FROM (SELECT *, unnest(string_split(months, ',')) AS part FROM service_intervals) r
JOIN (SELECT unnest(range(0, 13))::INT AS month) m
  ON CASE WHEN r.months = '' THEN m.month = 0
          WHEN m.month = 0 THEN false
          WHEN NOT contains(part, '-') THEN m.month = trim(part)::INT
          WHEN split_part(part, '-', 1)::INT <= split_part(part, '-', 2)::INT
               THEN m.month BETWEEN split_part(part, '-', 1)::INT AND split_part(part, '-', 2)::INT
          ELSE m.month >= split_part(part, '-', 1)::INT OR m.month <= split_part(part, '-', 2)::INT END;

-- One row per distinct text of traits and trait that some rule asks for; t numbers the texts, 0 is "no such trait".
CREATE TEMP TABLE trait_set AS
SELECT dense_rank() OVER (ORDER BY traits)::INT AS t, traits, trait, trait_value
FROM (
    SELECT DISTINCT traits, split_part(pair, '=', 1) AS trait, substr(pair, strpos(pair, '=') + 1) AS trait_value
    FROM (SELECT traits, unnest(string_split(traits, ';')) AS pair
          FROM (SELECT DISTINCT traits FROM clients WHERE traits <> ''
                AND EXISTS (SELECT 1 FROM rule WHERE trait <> '')))
)
SEMI JOIN rule USING (trait, trait_value);

CREATE TEMP TABLE client_trait AS
SELECT c, t FROM clients JOIN (SELECT DISTINCT t, traits FROM trait_set) USING (traits) JOIN client USING (client_id);

-- Gaps between visit days of a client in a cycle: one sort, one streaming lag, one small histogram.
CREATE TEMP TABLE learned_gap AS
WITH learning AS (
    SELECT k FROM service_code
    WHERE interval_days IS NULL AND NOT EXISTS (
        SELECT 1 FROM rule WHERE rule.category = service_code.category AND service_code.category <> '' AND level = 8)
), visit_day AS (
    SELECT (c::BIGINT << 36) | (k::BIGINT << 20) | (moment >> 42) AS day_key
    FROM line SEMI JOIN learning USING (k) WHERE state = 1
    ORDER BY day_key
), step AS (
    SELECT k, gap, getvariable('d') + 500000 - (day - gap) AS age
    FROM (SELECT ((day_key >> 20) & 65535)::USMALLINT AS k, (day_key & 1048575)::INT AS day,
                 day_key - lag(day_key) OVER () AS gap
          FROM visit_day)
    WHERE gap BETWEEN 1 AND 365
)
SELECT k, gap::INT AS gap, (CASE WHEN age >= 365 THEN 365 WHEN age >= 180 THEN 180 ELSE 90 END)::INT AS age, count(*) AS n
FROM step WHERE age >= 90
GROUP BY ALL;

-- One row per cycle that has learned its interval.
CREATE TEMP TABLE learned AS
WITH counted AS (
    SELECT k, w, gap, sum(n) AS n, sum(sum(n)) OVER (PARTITION BY k, w ORDER BY gap) AS upto,
           sum(sum(n)) OVER (PARTITION BY k, w) AS total
    FROM learned_gap JOIN (VALUES (365), (180), (90)) windows(w) ON gap <= w AND age >= w
    GROUP BY k, w, gap
), median AS (
    SELECT k, w, any_value(total) AS total,
           (min(gap) FILTER (upto >= (total + 1) // 2) + min(gap) FILTER (upto >= total // 2 + 1) + 1) // 2 AS days
    FROM counted GROUP BY k, w
)
SELECT k, arg_max(days, w)::INT AS days FROM median WHERE total >= 20 GROUP BY k;

-- One row per set of traits, service and month.
CREATE TEMP TABLE interval_of AS
WITH asked AS (
    SELECT t, s, k, service_id, category, interval_days, month
    FROM service_code, (SELECT DISTINCT t FROM trait_set UNION SELECT 0) t, (SELECT unnest(range(1, 13))::INT AS month) m
), answer AS (
    SELECT t, s, a.month, level, r.interval_days AS days
    FROM asked a JOIN rule r
      ON r.month IN (0, a.month)
     AND CASE WHEN r.service_id <> '' THEN r.service_id = a.service_id
              ELSE a.category <> '' AND r.category = a.category END
    WHERE r.trait = '' OR EXISTS (SELECT 1 FROM trait_set x
                                  WHERE x.t = a.t AND x.trait = r.trait AND x.trait_value = r.trait_value)
    UNION ALL SELECT t, s, month, 4, interval_days FROM asked WHERE interval_days IS NOT NULL
    UNION ALL SELECT t, s, month, 9, days FROM asked JOIN learned USING (k)
    UNION ALL SELECT t, s, month, 10, 30 FROM asked
)
SELECT t, s, month, (best & 1048575)::INT AS days, (best >> 20)::UTINYINT AS level
FROM (SELECT t, s, month, min((level::BIGINT << 20) | days) AS best FROM answer GROUP BY t, s, month);

-- One row per client and cycle, of clients who are neither booked nor missed.
CREATE TEMP TABLE cycle AS
WITH last AS (
    SELECT c, k, max((moment::HUGEINT << 57) | ((amount + 1099511627776)::HUGEINT << 16) | (65535 - s)) AS top
    FROM line
    WHERE state = 1 GROUP BY c, k
), decoded AS (
    SELECT c, k, (top >> 99)::INT - 500000 AS last_on, (65535 - (top & 65535))::USMALLINT AS s
    FROM last ANTI JOIN booked USING (c) ANTI JOIN missed USING (c)
)
SELECT d.c, d.k, d.s, last_on, i.days, level, last_on + i.days AS expected, getvariable('d') - last_on - i.days AS late
FROM decoded d
LEFT JOIN client_trait USING (c)
JOIN interval_of i ON i.t = coalesce(client_trait.t, 0) AND i.s = d.s
                  AND i.month = month(DATE '1970-01-01' + d.last_on);

-- One row per client in due (3), overdue (4) or lapsed (5).
CREATE TEMP TABLE staged AS
WITH stage AS (
    SELECT c,
           min(expected::BIGINT * 65536 + k) FILTER (late BETWEEN -3 AND 0) AS due,
           max(expected::BIGINT * 65536 + 65535 - k) FILTER (late BETWEEN 1 AND 30) AS overdue,
           max(expected::BIGINT * 65536 + 65535 - k) AS latest,
           min(late) AS earliest_late,
           count(*) FILTER (late BETWEEN -3 AND 30) AS calls
    FROM cycle GROUP BY c
), chosen AS (
    SELECT c, calls,
           (CASE WHEN due IS NOT NULL THEN 3 WHEN overdue IS NOT NULL THEN 4 ELSE 5 END)::UTINYINT AS block,
           (CASE WHEN due IS NOT NULL THEN due & 65535
                 ELSE 65535 - (coalesce(overdue, latest) & 65535) END)::USMALLINT AS k
    FROM stage
    WHERE due IS NOT NULL OR overdue IS NOT NULL OR earliest_late >= -3
)
SELECT chosen.*, s, last_on, days, level, expected, late FROM chosen JOIN cycle USING (c, k);

CREATE TEMP TABLE also AS
SELECT c, string_agg(cycle_key, ';' ORDER BY cycle.k) AS also_due
FROM (SELECT c, k FROM staged WHERE calls > 1) g JOIN cycle USING (c)
JOIN (SELECT DISTINCT k, cycle_key FROM service_code) names ON names.k = cycle.k
WHERE cycle.k <> g.k AND late BETWEEN -3 AND 30
GROUP BY c;

-- One row per row of the list, before contacts. o: what orders a block besides due_on, visits and spent.
CREATE TEMP TABLE wish AS
SELECT 1::UTINYINT AS block, c, appointment_id AS anchor, NULL::USMALLINT AS k, NULL::VARCHAR AS service_id,
       NULL::INT AS expected, NULL::INT AS days, NULL::UTINYINT AS level, miss_day + 2 AS due_on, NULL::INT AS late,
       NULL::BIGINT AS o, NULL::VARCHAR AS entry_branch
FROM missed
UNION ALL
SELECT 2, c, appointment_id, NULL, NULL, NULL, NULL, NULL, last_day + 3, NULL, last_day, NULL
FROM (
    SELECT v.c, v.last_day, arg_max(f.appointment_id, ROW(f.start, f.appointment_id)) AS appointment_id
    FROM visitor v JOIN fresh f ON f.c = v.c AND f.state = 1 AND f.day = v.last_day
    WHERE getvariable('d') - v.last_day BETWEEN CASE WHEN v.visits = 1 THEN 2 ELSE 3 END AND 7
    GROUP BY v.c, v.last_day
)
UNION ALL
SELECT block, c, cycle_key || '@' || strftime(DATE '1970-01-01' + last_on, '%Y-%m-%d'), k, service_id, expected, days,
       level, expected + CASE block WHEN 3 THEN -3 WHEN 4 THEN 1 ELSE 31 END, late, expected, NULL
FROM staged JOIN (SELECT s, service_id, cycle_key FROM service_code) USING (s)
UNION ALL
SELECT 6, c, appointment_id, NULL, NULL, NULL, NULL, NULL, day - 3, NULL, epoch_us(start), NULL
FROM fresh
SEMI JOIN (SELECT c, (moment >> 42)::INT - 500000 AS created_day FROM line
           WHERE state = 1 AND c IN (SELECT c FROM fresh WHERE state = 2)) USING (c, created_day)
WHERE state = 2 AND day > created_day AND day - getvariable('d') BETWEEN 0 AND 14
UNION ALL
SELECT 7, c, entry_id, NULL, nullif(service_id, ''), NULL, NULL, NULL,
       (coalesce(wanted_from, created_at::DATE) - DATE '1970-01-01')::INT, NULL, epoch_us(created_at), branch_id
FROM waitlist JOIN client USING (client_id)
WHERE (created_at IS NULL OR created_at < getvariable('tomorrow'))
  AND (closed_on IS NULL OR closed_on - DATE '1970-01-01' > getvariable('d'))
  AND (wanted_until IS NULL OR wanted_until - DATE '1970-01-01' >= getvariable('d'))
UNION ALL
SELECT 8, c, year(DATE '1970-01-01' + n)::VARCHAR, NULL, NULL, NULL, NULL, NULL, n, NULL, NULL, NULL
FROM (
    SELECT client_id, getvariable('d') + ahead AS n
    FROM (SELECT client_id, right(birthday, 5) AS md FROM clients WHERE birthday <> '')
    JOIN (SELECT unnest(range(0, 8))::INT AS ahead) ON true
    WHERE md = strftime(DATE '1970-01-01' + getvariable('d') + ahead, '%m-%d')
       OR (md = '02-29' AND strftime(DATE '1970-01-01' + getvariable('d') + ahead, '%m-%d') = '02-28'
           AND strftime(DATE '1970-01-01' + getvariable('d') + ahead + 1, '%m-%d') = '03-01')
) JOIN client USING (client_id) SEMI JOIN visitor USING (c);

CREATE TEMP TABLE listed AS SELECT DISTINCT c FROM wish;

-- Branch and staff of each listed client: of the latest visit, of a lead the branch of the latest known appointment.
CREATE TEMP TABLE latest AS
WITH seen AS (
    SELECT l.c, h, moment, rn, branch, amount, s, staff, true AS visited
    FROM line l
    JOIN (SELECT c, last_day + 500000 AS shifted_day FROM visitor SEMI JOIN listed USING (c)) v
      ON v.c = l.c AND v.shifted_day = l.moment >> 42
    WHERE state = 1
    UNION ALL
    SELECT c, h, moment, rn, branch, amount, s, staff, false
    FROM line SEMI JOIN (SELECT c FROM listed ANTI JOIN visitor USING (c)) USING (c)
    WHERE state NOT IN (0, 7)
), appointment AS (
    SELECT c, h, min(moment) AS start, min(rn) AS rn,
           (min((moment::HUGEINT << 16) | branch) & 65535)::USMALLINT AS branch,
           (65535 - (max(((moment & 4398046511103)::HUGEINT << 73) | ((amount + 1099511627776)::HUGEINT << 32)
                         | ((65535 - s)::HUGEINT << 16) | (65535 - staff)) FILTER (visited) & 65535))::USMALLINT AS staff
    FROM seen GROUP BY c, h
)
SELECT appointment.* FROM appointment JOIN (SELECT c, max(start) AS start FROM appointment GROUP BY c) USING (c, start);

-- Where two begin at the same moment, the larger appointment_id as text.
CREATE TEMP TABLE face AS
WITH tied AS (SELECT c FROM latest GROUP BY c HAVING count(*) > 1),
     winner AS (
         SELECT c, arg_max(h, appointment_id) AS h
         FROM (SELECT c, h, rn FROM latest SEMI JOIN tied USING (c))
         JOIN (SELECT rn, appointment_id FROM appointments) USING (rn) GROUP BY c
     )
SELECT c, branch, staff FROM latest ANTI JOIN tied USING (c)
UNION ALL
SELECT c, branch, staff FROM latest SEMI JOIN winner USING (c, h);

-- Contacts known on D, as wall clock of the row's branch.
CREATE TEMP TABLE contact AS
SELECT c, block, anchor, made_at, outcome, next_on
FROM (
    SELECT client.c, a.block, a.anchor, a.outcome, (a.next_on - DATE '1970-01-01')::INT AS next_on,
           coalesce(a.made_at, timezone(coalesce(b.timezone, 'UTC'), a.made_at_tz)) AS made_at
    FROM contacts a
    JOIN client USING (client_id)
    LEFT JOIN face ON face.c = client.c
    LEFT JOIN branch_code USING (branch)
    LEFT JOIN waitlist w ON w.client_id = a.client_id AND w.entry_id = a.anchor AND face.c IS NULL
    LEFT JOIN branches b ON b.branch_id = coalesce(branch_code.branch_id, w.branch_id)
)
WHERE made_at < getvariable('tomorrow');

-- One row per client, block and anchor; two contacts of one moment and outcome: the later next_on.
CREATE TEMP TABLE touched AS
SELECT c, block, anchor, attempts, refusals, last.outcome AS outcome, nullif(last.next_on, -1000000) AS next_on,
       (last.made_at::DATE - DATE '1970-01-01')::INT AS made_day
FROM (
    SELECT c, block, anchor, count(*)::INT AS attempts, count(*) FILTER (outcome = 'no_answer') AS refusals,
           max({'made_at': made_at, 'outcome': outcome, 'next_on': coalesce(next_on, -1000000)}) AS last
    FROM contact GROUP BY c, block, anchor
);

CREATE TEMP TABLE last_word AS
SELECT c, anchor, arg_max(outcome, ROW(made_at, outcome)) AS last_outcome FROM contact GROUP BY c, anchor;

CREATE TEMP TABLE open_row AS
WITH met AS (
    SELECT wish.*, attempts, refusals, outcome,
           CASE outcome WHEN 'no_answer' THEN made_day + 1
                        WHEN 'promised' THEN coalesce(next_on, made_day + 3)
                        WHEN 'callback' THEN coalesce(next_on, made_day + 1) END AS until
    FROM wish LEFT JOIN touched
      ON touched.c = wish.c AND touched.anchor = wish.anchor
     AND touched.block = ['missed', 'follow_up', 'due', 'overdue', 'lapsed', 'rebooked', 'waitlist', 'birthday'][wish.block]
)
SELECT met.* REPLACE (coalesce(until, due_on) AS due_on), last_outcome
FROM met
LEFT JOIN last_word ON last_word.c = met.c AND last_word.anchor = met.anchor
WHERE met.c NOT IN (SELECT c FROM contact WHERE outcome = 'do_not_call')
  AND (outcome IS NULL OR outcome NOT IN ('booked', 'reached', 'declined', 'wrong_number'))
  AND NOT (outcome IS NOT DISTINCT FROM 'no_answer' AND refusals >= 3)
  AND (until IS NULL OR until <= getvariable('d'))
  AND NOT (met.block IN (3, 4) AND (met.c, met.anchor) IN (
      SELECT (c, anchor) FROM touched WHERE block IN ('due', 'overdue') AND outcome = 'declined'));

-- Usual times of the clients that are listed: the most frequent of the last ten visits, a tie to the most recent. Ten columns
-- compared with each other are quicker than ten rows.
CREATE TEMP MACRO tally(place, v, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10) AS
    CASE WHEN v IS NOT NULL THEN
        (((v = v1)::INT + (v IS NOT DISTINCT FROM v2)::INT + (v IS NOT DISTINCT FROM v3)::INT
          + (v IS NOT DISTINCT FROM v4)::INT + (v IS NOT DISTINCT FROM v5)::INT + (v IS NOT DISTINCT FROM v6)::INT
          + (v IS NOT DISTINCT FROM v7)::INT + (v IS NOT DISTINCT FROM v8)::INT + (v IS NOT DISTINCT FROM v9)::INT
          + (v IS NOT DISTINCT FROM v10)::INT) * 16 + 11 - place) * 32 + v END;

CREATE TEMP MACRO favourite(v1, v2, v3, v4, v5, v6, v7, v8, v9, v10) AS
    greatest(tally(1, v1, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10), tally(2, v2, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10),
             tally(3, v3, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10), tally(4, v4, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10),
             tally(5, v5, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10), tally(6, v6, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10),
             tally(7, v7, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10), tally(8, v8, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10),
             tally(9, v9, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10), tally(10, v10, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10)
    ) % 32;

CREATE TEMP MACRO weekday_of(c, key) AS CASE WHEN key >> 37 = c THEN (((key >> 17) & 1048575) - 500000 + 3) % 7 + 1 END;

CREATE TEMP MACRO hour_of(c, key) AS CASE WHEN key >> 37 = c THEN (key & 131071) // 3600 END;

CREATE TEMP TABLE ten AS
WITH beside AS (
    SELECT (key >> 37)::INT AS c, lead(key) OVER () >> 37 AS next_client, key AS k1, lag(key, 1) OVER () AS k2,
           lag(key, 2) OVER () AS k3, lag(key, 3) OVER () AS k4, lag(key, 4) OVER () AS k5, lag(key, 5) OVER () AS k6,
           lag(key, 6) OVER () AS k7, lag(key, 7) OVER () AS k8, lag(key, 8) OVER () AS k9, lag(key, 9) OVER () AS k10
    FROM visit_key
)
SELECT c, weekday_of(c, k1) AS d1, weekday_of(c, k2) AS d2, weekday_of(c, k3) AS d3, weekday_of(c, k4) AS d4,
       weekday_of(c, k5) AS d5, weekday_of(c, k6) AS d6, weekday_of(c, k7) AS d7, weekday_of(c, k8) AS d8,
       weekday_of(c, k9) AS d9, weekday_of(c, k10) AS d10,
       hour_of(c, k1) AS h1, hour_of(c, k2) AS h2, hour_of(c, k3) AS h3, hour_of(c, k4) AS h4, hour_of(c, k5) AS h5,
       hour_of(c, k6) AS h6, hour_of(c, k7) AS h7, hour_of(c, k8) AS h8, hour_of(c, k9) AS h9, hour_of(c, k10) AS h10
FROM beside SEMI JOIN open_row USING (c)
WHERE next_client IS DISTINCT FROM c;

CREATE TEMP TABLE usual AS
SELECT c, favourite(d1, d2, d3, d4, d5, d6, d7, d8, d9, d10)::INT AS usual_weekday,
       favourite(h1, h2, h3, h4, h5, h6, h7, h8, h9, h10)::INT AS usual_hour
FROM ten;

-- The list: one sort; ranks follow from the order of the rows and the number of rows in the blocks before.
WITH before AS (
    SELECT block, sum(count(*)) OVER (ORDER BY block) - count(*) AS above FROM open_row GROUP BY block
), wide AS (
    SELECT r.*, above, client_id, CASE WHEN face.c IS NULL THEN entry_branch ELSE branch_id END AS branch_id, staff_id,
           cycle_key, also_due, coalesce(visits, 0) AS visits, last_day, coalesce(v.spent, 0)::BIGINT AS spent,
           usual_weekday, usual_hour
    FROM open_row r
    JOIN before USING (block)
    JOIN client ON client.c = r.c
    LEFT JOIN visitor v ON v.c = r.c
    LEFT JOIN usual ON usual.c = r.c
    LEFT JOIN face ON face.c = r.c
    LEFT JOIN branch_code ON branch_code.branch = face.branch
    LEFT JOIN staff_code ON staff_code.staff = face.staff
    LEFT JOIN (SELECT DISTINCT k, cycle_key FROM service_code) names ON names.k = r.k
    LEFT JOIN also ON also.c = r.c AND r.k IS NOT NULL
), sorted AS (
    SELECT * FROM wide
    ORDER BY block,
        CASE block WHEN 1 THEN (visits > 0)::BIGINT
                   WHEN 2 THEN (visits > 1)::BIGINT
                   WHEN 3 THEN o
                   WHEN 4 THEN (last_outcome IS NULL OR last_outcome NOT IN ('promised', 'no_answer'))::BIGINT
                   WHEN 5 THEN -visits
                   WHEN 7 THEN coalesce(o, -9223372036854775807)
                   ELSE due_on END,
        CASE block WHEN 1 THEN due_on WHEN 2 THEN o WHEN 5 THEN -spent WHEN 6 THEN o WHEN 7 THEN 0 ELSE -visits END,
        CASE block WHEN 1 THEN -visits WHEN 2 THEN -spent WHEN 4 THEN -spent ELSE 0 END,
        c, anchor
)
SELECT ['missed', 'follow_up', 'due', 'overdue', 'lapsed', 'rebooked', 'waitlist', 'birthday'][block] AS block,
       (row_number() OVER () - above)::INT AS rank,
       client_id, anchor, nullif(branch_id, '') AS branch_id,
       nullif(cycle_key, '') AS cycle_key, nullif(service_id, '') AS service_id,
       DATE '1970-01-01' + last_day AS last_visit_on,
       DATE '1970-01-01' + expected AS expected_on,
       days AS interval_days,
       ['trait+season', 'trait', 'season', 'set', 'trait+season', 'trait', 'season', 'set', 'learned', 'default'][level]
           AS interval_source,
       DATE '1970-01-01' + due_on AS due_on, late AS days_late, nullif(also_due, '') AS also_due,
       visits AS visits_count, visits = 1 AS is_new, visits = 0 AS is_lead,
       (spent::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS spent,
       usual_weekday, usual_hour, nullif(staff_id, '') AS last_staff_id,
       coalesce(attempts, 0) AS attempts, last_outcome
FROM sorted;
