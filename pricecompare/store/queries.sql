-- Every statement of the store: a name, what the caller may rely on, the text. One text for both engines.

-- name: meta
-- All facts about the database.
SELECT name, value FROM meta

-- name: put_meta
INSERT INTO meta (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: regions
-- Every region, in the order of its code, so that a parent precedes its children in GB/T 2260.
SELECT id, name, parent_id, level, pooling FROM region ORDER BY id

-- name: put_region
INSERT INTO region (id, name, parent_id, level, pooling) VALUES (:id, :name, :parent_id, :level, :pooling)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, parent_id = excluded.parent_id, level = excluded.level, pooling = excluded.pooling

-- name: extents
-- Where each region's pharmacies lie, and when they last changed.
SELECT id, version, x, y, z, reach FROM region WHERE reach IS NOT NULL ORDER BY id

-- name: put_extent
UPDATE region SET version = :version, x = :x, y = :y, z = :z, reach = :reach WHERE id = :id

-- name: drugs
-- The whole catalogue, in the order of ids.
SELECT id, code, name, brand, form, spec, pack_count, unit, pack_unit, maker, approval_no, standard_code,
       barcode, insurance_class, prescription
FROM drug ORDER BY id

-- name: drug
-- The drug with that code, or nothing.
SELECT id, code, name, brand, form, spec, pack_count, unit, pack_unit, maker, approval_no, standard_code,
       barcode, insurance_class, prescription
FROM drug WHERE code = :code

-- name: drug_ids
SELECT code, id FROM drug

-- name: pack_count
-- A drug's pack count, for the likely slip of a data error; nothing where it is not known.
SELECT id, pack_count FROM drug WHERE id = :id AND pack_count IS NOT NULL

-- name: pack_counts_between
-- The same for all drugs between two ids.
SELECT id, pack_count FROM drug WHERE id BETWEEN :first AND :last AND pack_count IS NOT NULL

-- name: groups
-- What counts for each drug of which a file of groups spoke: the newest word.
SELECT g.drug_id, g.upload_id, g.product, g.generic, g.reason, g.who
FROM drug_group g
WHERE g.upload_id = (SELECT max(o.upload_id) FROM drug_group o WHERE o.drug_id = g.drug_id)
ORDER BY g.drug_id

-- name: groups_of_drug
-- All that was ever said of one drug, newest first, and when it came.
SELECT g.drug_id, g.upload_id, g.product, g.generic, g.reason, g.who, u.came_at
FROM drug_group g JOIN upload u ON u.id = g.upload_id
WHERE g.drug_id = :drug_id ORDER BY g.upload_id DESC

-- name: put_group
INSERT INTO drug_group (drug_id, upload_id, product, generic, reason, who)
VALUES (:drug_id, :upload_id, :product, :generic, :reason, :who)

-- name: put_drug
INSERT INTO drug (id, code, name, brand, form, spec, pack_count, unit, pack_unit, maker, approval_no,
                  standard_code, barcode, insurance_class, prescription)
VALUES (:id, :code, :name, :brand, :form, :spec, :pack_count, :unit, :pack_unit, :maker, :approval_no,
        :standard_code, :barcode, :insurance_class, :prescription)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, brand = excluded.brand, form = excluded.form, spec = excluded.spec,
    pack_count = excluded.pack_count, unit = excluded.unit, pack_unit = excluded.pack_unit,
    maker = excluded.maker, approval_no = excluded.approval_no, standard_code = excluded.standard_code,
    barcode = excluded.barcode, insurance_class = excluded.insurance_class, prescription = excluded.prescription

-- name: standards
-- Every payment standard, confidential ones too: for the importer alone.
SELECT drug_id, region_id, since_on, until_on, fen, basis, confidential FROM payment_standard
ORDER BY drug_id, region_id, since_on

-- name: standards_of_winners
-- Every standard that may be published of drugs that won a central purchase somewhere, drug by drug.
SELECT drug_id, region_id, since_on, until_on, fen, basis, confidential FROM payment_standard
WHERE confidential = 0
  AND drug_id IN (SELECT drug_id FROM payment_standard WHERE confidential = 0 AND basis = 'vbp')
ORDER BY drug_id, region_id, since_on

-- name: public_standards
-- The payment standards of a drug that may be published, in the order of regions and days.
SELECT drug_id, region_id, since_on, until_on, fen, basis, confidential FROM payment_standard
WHERE drug_id = :drug_id AND confidential = 0 ORDER BY region_id, since_on

-- name: put_standard
INSERT INTO payment_standard (drug_id, region_id, since_on, until_on, fen, basis, confidential)
VALUES (:drug_id, :region_id, :since_on, :until_on, :fen, :basis, :confidential)
ON CONFLICT (drug_id, region_id, since_on) DO UPDATE SET
    until_on = excluded.until_on, fen = excluded.fen, basis = excluded.basis, confidential = excluded.confidential

-- name: pharmacies
-- Every pharmacy, in the order of ids.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng,
       hours, services,
       closed_on, closed_from, closed_until, closed_reason
FROM pharmacy ORDER BY id

-- name: pharmacies_of_region
-- The pharmacies of one pooling region, in the order of ids.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng,
       hours, services,
       closed_on, closed_from, closed_until, closed_reason
FROM pharmacy WHERE region_id = :region_id ORDER BY id

-- name: pharmacy
-- The pharmacy with that code, or nothing.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng,
       hours, services,
       closed_on, closed_from, closed_until, closed_reason
FROM pharmacy WHERE code = :code

-- name: close_pharmacies
-- Pharmacies whose codes lie between two, for "did you mean".
SELECT code, name FROM pharmacy WHERE code >= :low AND code < :high ORDER BY code LIMIT 5

-- name: pharmacy_name
-- Code and name of the pharmacy with that id.
SELECT code, name FROM pharmacy WHERE id = :id

-- name: drug_name
-- Code and name of the drug with that id.
SELECT code, name FROM drug WHERE id = :id

-- name: pharmacy_places
-- Code, id and pooling region of every pharmacy: what an import needs of them.
SELECT code, id, region_id FROM pharmacy

-- name: put_pharmacy
INSERT INTO pharmacy (id, code, region_id, district_id, name, address, phone, chain, uscc,
                      lat, lng, datum, given_lat, given_lng, hours, services, closed_on, closed_from, closed_until,
                      closed_reason)
VALUES (:id, :code, :region_id, :district_id, :name, :address, :phone, :chain, :uscc,
        :lat, :lng, :datum, :given_lat, :given_lng, :hours, :services, :closed_on, :closed_from, :closed_until,
        :closed_reason)
ON CONFLICT (id) DO UPDATE SET
    region_id = excluded.region_id, district_id = excluded.district_id, name = excluded.name,
    address = excluded.address, phone = excluded.phone, chain = excluded.chain, uscc = excluded.uscc,
    lat = excluded.lat, lng = excluded.lng, datum = excluded.datum,
    given_lat = excluded.given_lat, given_lng = excluded.given_lng, hours = excluded.hours,
    services = excluded.services, closed_on = excluded.closed_on, closed_from = excluded.closed_from,
    closed_until = excluded.closed_until, closed_reason = excluded.closed_reason

-- name: closed_pharmacies
-- Pharmacies that are closed for good, and since which day.
SELECT id, closed_on FROM pharmacy WHERE closed_on IS NOT NULL ORDER BY id

-- name: holidays
-- Every holiday and every workday on a Saturday or Sunday, by day.
SELECT day, name, kind FROM holiday ORDER BY day

-- name: put_holiday
INSERT INTO holiday (day, name, kind) VALUES (:day, :name, :kind)
ON CONFLICT (day) DO UPDATE SET name = excluded.name, kind = excluded.kind

-- name: delete_holiday
DELETE FROM holiday WHERE day = :day

-- name: region_versions
-- Which data version last changed each pooling region: its pharmacies, and its prices or sales.
SELECT id, version, prices_version FROM region WHERE version > 0 OR prices_version > 0 ORDER BY id

-- name: version_taken_at
-- When the upload or decision came that made a data version; null for a version that none made.
SELECT max(taken_at) FROM upload WHERE data_version = :version

-- name: touch_prices
UPDATE region SET prices_version = :version WHERE id = :region_id

-- name: touch_prices_of_upload
-- What an upload or decision speaks of counts as changed, in the regions in which those pharmacies are now.
UPDATE region SET prices_version = :version WHERE id IN (
    SELECT p.region_id FROM effect e JOIN pharmacy p ON p.id = e.pharmacy_id
    WHERE e.upload_id IN (:upload_id, :about_id)
    UNION SELECT region_id FROM quote_list WHERE upload_id IN (:upload_id, :about_id)
    UNION SELECT region_id FROM sale_list WHERE upload_id IN (:upload_id, :about_id))

-- name: next_ids
-- The next free id of each table that gives ids; ask inside `writing`.
SELECT (SELECT coalesce(max(id), 0) + 1 FROM drug),
       (SELECT coalesce(max(id), 0) + 1 FROM pharmacy),
       (SELECT coalesce(max(id), 0) + 1 FROM upload)

-- name: put_upload
INSERT INTO upload (id, what, state, about_id, sender, source, file_name, layout, declared, mode, sha256, bytes,
                    came_at, taken_at, newest_at, rows, added, changed, unchanged, late, gone, held, refused,
                    filtered, warnings, reasons, registers, data_version, owner)
VALUES (:id, :what, :state, :about_id, :sender, :source, :file_name, :layout, :declared, :mode, :sha256, :bytes,
        :came_at, :taken_at, :newest_at, :rows, :added, :changed, :unchanged, :late, :gone, :held, :refused,
        :filtered, :warnings, :reasons, :registers, :data_version, :owner)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, taken_at = excluded.taken_at, newest_at = excluded.newest_at, rows = excluded.rows,
    added = excluded.added, changed = excluded.changed, unchanged = excluded.unchanged, late = excluded.late,
    gone = excluded.gone, held = excluded.held, refused = excluded.refused, filtered = excluded.filtered,
    warnings = excluded.warnings, reasons = excluded.reasons, registers = excluded.registers,
    data_version = excluded.data_version

-- name: upload
-- The upload with that id, or nothing.
SELECT id, what, state, about_id, sender, source, file_name, layout, declared, mode, sha256, bytes,
       came_at, taken_at, newest_at, rows, added, changed, unchanged, late, gone, held, refused,
       filtered, warnings, reasons, registers, data_version, owner
FROM upload WHERE id = :id

-- name: uploads
-- The ledger, newest first, below :before; :state, :source, :what and :owner narrow it.
SELECT id, what, state, about_id, sender, source, file_name, layout, declared, mode, sha256, bytes,
       came_at, taken_at, newest_at, rows, added, changed, unchanged, late, gone, held, refused,
       filtered, warnings, reasons, registers, data_version, owner
FROM upload
WHERE id < :before
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
  AND (CAST(:source AS TEXT) IS NULL OR source = :source)
  AND (CAST(:what AS TEXT) IS NULL OR what = :what)
  AND (CAST(:owner AS TEXT) IS NULL OR owner = :owner)
ORDER BY id DESC LIMIT :most

-- name: ledger_since
-- What made a data version and those after it.
SELECT data_version, id, sha256, taken_at, what, state, rows FROM upload WHERE data_version >= :version
ORDER BY data_version, id

-- name: uploads_about
-- The decisions about an upload, oldest first.
SELECT id, what, state, about_id, sender, source, file_name, layout, declared, mode, sha256, bytes,
       came_at, taken_at, newest_at, rows, added, changed, unchanged, late, gone, held, refused,
       filtered, warnings, reasons, registers, data_version, owner
FROM upload WHERE about_id = :id ORDER BY id

-- name: same_bytes
-- The newest upload with those bytes, read in the same way, that still counts or waits.
SELECT max(id) FROM upload
WHERE sha256 = :sha256 AND what = :what AND layout = :layout AND declared = :declared AND mode = :mode
  AND source = :source AND owner = :owner AND state IN ('taken', 'quarantined')

-- name: last_of_source
-- What a source sent last time that was taken: id, rows that went in, newest observation.
SELECT id, rows - refused - filtered, newest_at FROM upload
WHERE source = :source AND what = :what AND mode = :mode AND owner = :owner AND state = 'taken' AND id < :before
ORDER BY id DESC LIMIT 1

-- name: last_upload
-- The newest upload that was taken: id, what, when; nothing while there is none. Anybody may ask this, so payment
-- standards are passed over: that confidential ones came must not be seen.
SELECT id, what, taken_at FROM upload WHERE state = 'taken' AND about_id IS NULL AND what <> 'standards'
ORDER BY id DESC LIMIT 1

-- name: refused_rows
-- The refused rows of an upload in the order of the file; streamed.
SELECT row, cells, findings FROM refused_row WHERE upload_id = :upload_id ORDER BY row

-- name: put_refused_file
INSERT INTO refused_file (upload_id, form) VALUES (:upload_id, :form)

-- name: refused_file
SELECT form FROM refused_file WHERE upload_id = :upload_id

-- name: request_key
-- What was answered to a request that carried that key, or nothing.
SELECT sha256, upload_id, status, answer FROM request_key WHERE key = :key

-- name: put_request_key
INSERT INTO request_key (key, sha256, upload_id, status, answer, made_at)
VALUES (:key, :sha256, :upload_id, :status, :answer, :made_at)
ON CONFLICT (key) DO UPDATE SET upload_id = excluded.upload_id, status = excluded.status, answer = excluded.answer

-- name: drop_request_key
-- Forget a request that was never answered and began before :begun.
DELETE FROM request_key WHERE key = :key AND status = 0 AND made_at < :begun

-- name: prune_request_keys
DELETE FROM request_key WHERE made_at < :oldest

-- name: rules
-- Every rule people added, newest version of each name first.
SELECT name, version, text, made_at, made_by, why FROM rule ORDER BY name, version DESC

-- name: put_rule
INSERT INTO rule (name, version, text, made_at, made_by, why)
VALUES (:name, :version, :text, :made_at, :made_by, :why)

-- name: layouts
-- Every layout people added, newest version of each name first.
SELECT name, version, text, made_at FROM layout ORDER BY name, version DESC

-- name: put_layout
INSERT INTO layout (name, version, text, made_at) VALUES (:name, :version, :text, :made_at)

-- name: delete_layout
DELETE FROM layout WHERE name = :name AND version = :version

-- name: guard_limits
-- Limits set for a source and for all, those for all first.
SELECT source, name, value FROM guard_limit WHERE source IN ('', :source) ORDER BY source, name

-- name: put_guard_limit
INSERT INTO guard_limit (source, name, value) VALUES (:source, :name, :value)
ON CONFLICT (source, name) DO UPDATE SET value = excluded.value

-- name: delete_guard_limit
DELETE FROM guard_limit WHERE source = :source AND name = :name

-- name: add_entry
INSERT INTO audit (id, at, who, origin, what, about, before, after, why, previous, hash)
VALUES (:id, :at, :who, :origin, :what, :about, :before, :after, :why, :previous, :hash)

-- name: audit_head
-- Id and hash of the newest entry of the audit trail as they are kept beside it, or nothing.
SELECT value FROM meta WHERE name = 'audit_head'

-- name: entry
-- The entry of the audit trail with that id, or nothing.
SELECT id, at, who, origin, what, about, before, after, why, previous, hash FROM audit WHERE id = :id

-- name: all_entries
-- The whole audit trail, oldest first; streamed.
SELECT id, at, who, origin, what, about, before, after, why, previous, hash FROM audit ORDER BY id

-- name: entries
-- The audit trail, newest first, below :before; what, who, how `about` begins and two instants narrow it.
SELECT id, at, who, origin, what, about, before, after, why, previous, hash
FROM audit
WHERE id < :before
  AND (CAST(:what AS TEXT) IS NULL OR what = :what)
  AND (CAST(:who AS TEXT) IS NULL OR who = :who)
  AND (CAST(:about AS TEXT) IS NULL OR substr(about, 1, length(CAST(:about AS TEXT))) = :about)
  AND (CAST(:since AS BIGINT) IS NULL OR at >= :since)
  AND (CAST(:until AS BIGINT) IS NULL OR at < :until)
ORDER BY id DESC LIMIT :most

-- name: lists_of_pharmacy
-- All lists that count of one pharmacy and kind, in the order of uploads.
SELECT q.upload_id, q.full_at, q.layout, q.quotes
FROM quote_list q JOIN upload u ON u.id = q.upload_id
WHERE q.region_id = :region_id AND q.pharmacy_id = :pharmacy_id AND q.kind = :kind AND u.state = 'taken'
ORDER BY q.upload_id

-- name: full_lists
-- The instants of a pharmacy's whole lists of one kind that count, oldest first.
SELECT DISTINCT q.full_at FROM quote_list q JOIN upload u ON u.id = q.upload_id
WHERE q.region_id = :region_id AND q.pharmacy_id = :pharmacy_id AND q.kind = :kind AND q.full_at IS NOT NULL
  AND u.state = 'taken'
ORDER BY q.full_at

-- name: lists_of_upload
-- What an upload says, by pharmacy; streamed.
SELECT region_id, pharmacy_id, kind, full_at, layout, quotes FROM quote_list
WHERE upload_id = :upload_id ORDER BY pharmacy_id, kind

-- name: delete_lists
-- Forget what an upload said: only while it is quarantined.
DELETE FROM quote_list WHERE upload_id = :upload_id

-- name: effects_from
-- What an upload or decision did, from one pharmacy and kind on: the first :most lists of it.
SELECT pharmacy_id, kind, full_at, layout, effects FROM effect
WHERE upload_id = :upload_id AND (pharmacy_id > :pharmacy_id OR (pharmacy_id = :pharmacy_id AND kind >= :kind))
ORDER BY pharmacy_id, kind LIMIT :most

-- name: effects_of_upload
-- What an upload or decision did, by pharmacy; streamed.
SELECT pharmacy_id, kind, full_at, layout, effects FROM effect WHERE upload_id = :upload_id ORDER BY pharmacy_id, kind

-- name: effects_since
-- What uploads and decisions did, in the order in which it came to count, from one list on; the region or district of a
-- pharmacy is the one it has now. Also whether it concerned a whole list, and when the last whole list was seen.
-- CROSS JOIN is what SQLite does not turn round: it would else read all that ever happened.
SELECT u.data_version, u.id, e.pharmacy_id, e.kind, p.code,
       CASE WHEN e.full_at IS NOT NULL OR a.mode = 'full' THEN 1 ELSE 0 END,
       (SELECT max(r.until_at) FROM list_run r
        WHERE r.region_id = p.region_id AND r.kind = e.kind AND r.pharmacy_id = p.id),
       e.layout, e.effects
FROM upload u CROSS JOIN effect e CROSS JOIN pharmacy p
LEFT JOIN upload a ON a.id = u.about_id
WHERE e.upload_id = u.id AND p.id = e.pharmacy_id AND u.data_version >= :version
  AND (u.data_version > :version OR u.id > :upload_id
       OR (u.id = :upload_id AND (e.pharmacy_id > :pharmacy_id OR (e.pharmacy_id = :pharmacy_id AND e.kind >= :kind))))
  AND (CAST(:region_id AS BIGINT) IS NULL OR p.region_id = :region_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
ORDER BY u.data_version, u.id, e.pharmacy_id, e.kind
LIMIT :most

-- name: offers_of_list
-- Three numbers a row are read in half the time of six.
SELECT drug_id, fen * 256 + stock * 2 + held, observed_at
FROM offer WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND kind = :kind
ORDER BY drug_id

-- name: offers_of_pharmacy
-- A pharmacy's whole list, in the order of drug and kind.
SELECT drug_id, kind, fen, stock, held, observed_at FROM offer
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id ORDER BY drug_id, kind

-- name: offers_of_region
-- All that is asked in one region, in the order of pharmacy and drug; streamed.
SELECT pharmacy_id, drug_id, kind, fen, stock, held, observed_at FROM offer
WHERE region_id = :region_id ORDER BY pharmacy_id, drug_id, kind

-- name: offer
-- What a pharmacy asks for one drug now, or nothing.
SELECT fen, stock, held, observed_at FROM offer
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND drug_id = :drug_id AND kind = :kind

-- name: put_offer
INSERT INTO offer (region_id, pharmacy_id, drug_id, kind, fen, stock, held, observed_at)
VALUES (:region_id, :pharmacy_id, :drug_id, :kind, :fen, :stock, :held, :observed_at)
ON CONFLICT (region_id, pharmacy_id, drug_id, kind) DO UPDATE SET
    fen = excluded.fen, stock = excluded.stock, held = excluded.held, observed_at = excluded.observed_at

-- name: delete_offer
DELETE FROM offer
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND drug_id = :drug_id AND kind = :kind

-- name: confirmations
-- When each pharmacy's whole list of a kind was last confirmed.
SELECT pharmacy_id, max(until_at) FROM list_run WHERE region_id = :region_id AND kind = :kind
GROUP BY pharmacy_id ORDER BY pharmacy_id

-- name: confirmations_of_pharmacy
-- When a pharmacy's whole list of each kind was last confirmed.
SELECT kind, max(until_at) FROM list_run
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND kind IN ('listed', 'insured', 'online') GROUP BY kind

-- name: runs
-- The runs of a region's full lists of one kind.
SELECT pharmacy_id, since_at, until_at FROM list_run WHERE region_id = :region_id AND kind = :kind
ORDER BY pharmacy_id, since_at

-- name: prolong_run
-- The last run of a list goes on.
UPDATE list_run SET until_at = :until_at
WHERE region_id = :region_id AND kind = :kind AND pharmacy_id = :pharmacy_id AND until_at = :last_at

-- name: put_run
INSERT INTO list_run (region_id, kind, pharmacy_id, since_at, until_at)
VALUES (:region_id, :kind, :pharmacy_id, :since_at, :until_at)

-- name: delete_runs
DELETE FROM list_run WHERE region_id = :region_id AND kind = :kind AND pharmacy_id = :pharmacy_id

-- name: history
-- The steps of one price, oldest first: since when, what (0: off the list), when the one before was last stated,
-- whether it is held, which upload said so.
SELECT since_at, fen, seen_before, held, upload_id FROM price_change
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id
ORDER BY since_at

-- name: history_of_drug
-- The steps of one drug's prices in a region, by pharmacy, oldest first.
SELECT pharmacy_id, since_at, fen, seen_before, held, upload_id FROM price_change
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind
ORDER BY pharmacy_id, since_at

-- name: changes_of_region
-- Every step of every price of a region that counts, in the order of drug, kind, pharmacy and time; streamed.
SELECT drug_id, kind, pharmacy_id, since_at, fen, held, upload_id FROM price_change
WHERE region_id = :region_id ORDER BY drug_id, kind, pharmacy_id, since_at

-- name: delete_history
DELETE FROM price_change
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id

-- name: release_history
-- The price that holds now is held no more.
UPDATE price_change SET held = 0
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id
  AND since_at > (SELECT coalesce(max(since_at), -9000000000000000000) FROM price_change
                  WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind
                    AND pharmacy_id = :pharmacy_id AND fen <> :fen)

-- name: vouched_of_pharmacy
-- Prices of a pharmacy that a person confirmed.
SELECT drug_id, fen FROM vouched WHERE pharmacy_id = :pharmacy_id AND kind = :kind

-- name: put_vouched
INSERT INTO vouched (pharmacy_id, drug_id, kind, fen, upload_id)
VALUES (:pharmacy_id, :drug_id, :kind, :fen, :upload_id)
ON CONFLICT (pharmacy_id, drug_id, kind, fen) DO NOTHING

-- name: median_of
-- How many prices count in a market, and their median; nothing for a market that does not exist.
SELECT n, median FROM market WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: market
-- One drug's market in one region, or nothing.
SELECT n, mean, median, mad, q1, q3, low, high, stale, doubtful, ages_on, data_version, layout, sellers, flags_digest
FROM market WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: has_market
-- One row if a region has any market.
SELECT 1 FROM market WHERE region_id = :region_id LIMIT 1

-- name: market_keys
-- Which markets a region has.
SELECT region_id, drug_id, kind FROM market WHERE region_id = :region_id ORDER BY drug_id, kind

-- name: ageing
-- Markets in which a price that counts has become stale by :today.
SELECT region_id, drug_id, kind FROM market WHERE ages_on <= :today ORDER BY region_id, drug_id, kind

-- name: drugs_told_of
-- The drugs for which any pharmacy of a region ever told a price of a kind, in the order of ids.
SELECT d.id FROM drug d
WHERE EXISTS (SELECT 1 FROM price_change c WHERE c.region_id = :region_id AND c.drug_id = d.id AND c.kind = :kind)
ORDER BY d.id


-- name: sellers_since
-- How many sellers each market has that was written after a data version.
SELECT region_id, kind, drug_id, n + stale + doubtful FROM market WHERE data_version > :version

-- name: market_count
-- How many markets there are.
SELECT count(*) FROM market

-- name: put_market
INSERT INTO market (region_id, drug_id, kind, n, mean, median, mad, q1, q3, low, high, stale, doubtful,
                    ages_on, data_version, layout, sellers, flags_digest)
VALUES (:region_id, :drug_id, :kind, :n, :mean, :median, :mad, :q1, :q3, :low, :high, :stale, :doubtful,
        :ages_on, :data_version, :layout, :sellers, :flags_digest)
ON CONFLICT (region_id, drug_id, kind) DO UPDATE SET
    n = excluded.n, mean = excluded.mean, median = excluded.median, mad = excluded.mad, q1 = excluded.q1,
    q3 = excluded.q3, low = excluded.low, high = excluded.high, stale = excluded.stale,
    doubtful = excluded.doubtful, ages_on = excluded.ages_on, data_version = excluded.data_version,
    layout = excluded.layout, sellers = excluded.sellers, flags_digest = excluded.flags_digest

-- name: update_market
-- Replace what a market comes to; it ages on the same day as before, so that the index of that day stays untouched.
UPDATE market SET
    n = :n, mean = :mean, median = :median, mad = :mad, q1 = :q1, q3 = :q3, low = :low, high = :high, stale = :stale,
    doubtful = :doubtful, data_version = :data_version, layout = :layout, sellers = :sellers,
    flags_digest = :flags_digest
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: delete_market
DELETE FROM market WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: spreads
-- The spread of each drug of a province.
SELECT drug_id, spread, quotes FROM drug_spread WHERE province_id = :province_id AND kind = :kind ORDER BY drug_id

-- name: spread
-- The spread of one drug of a province, or nothing.
SELECT drug_id, spread, quotes FROM drug_spread
WHERE province_id = :province_id AND kind = :kind AND drug_id = :drug_id

-- name: spreads_between
-- The same for all drugs between two ids.
SELECT drug_id, spread, quotes FROM drug_spread
WHERE province_id = :province_id AND kind = :kind AND drug_id BETWEEN :first AND :last

-- name: spreads_within
-- How many spreads a province has, how many of them lie below :low, and how many do not lie above :high.
SELECT count(*), count(CASE WHEN spread < :low THEN 1 END), count(CASE WHEN spread <= :high THEN 1 END)
FROM drug_spread WHERE province_id = :province_id AND kind = :kind

-- name: every_spread
-- The spreads of a province alone, for the usual one.
SELECT spread FROM drug_spread WHERE province_id = :province_id AND kind = :kind

-- name: put_spread
INSERT INTO drug_spread (province_id, kind, drug_id, spread, quotes)
VALUES (:province_id, :kind, :drug_id, :spread, :quotes)
ON CONFLICT (province_id, kind, drug_id) DO UPDATE SET spread = excluded.spread, quotes = excluded.quotes

-- name: delete_spread
DELETE FROM drug_spread WHERE province_id = :province_id AND kind = :kind AND drug_id = :drug_id

-- name: typical_spread
SELECT spread FROM typical_spread WHERE province_id = :province_id AND kind = :kind

-- name: put_typical_spread
INSERT INTO typical_spread (province_id, kind, spread) VALUES (:province_id, :kind, :spread)
ON CONFLICT (province_id, kind) DO UPDATE SET spread = excluded.spread

-- name: put_flag
INSERT INTO flag (region_id, drug_id, kind, pharmacy_id, class, grade, strong, counted, fen, observed_at, ref_median,
                  ref_area, ratio_median, factor, rule_id, rule_version, data_version)
VALUES (:region_id, :drug_id, :kind, :pharmacy_id, :class, :grade, :strong, :counted, :fen, :observed_at, :ref_median,
        :ref_area, :ratio_median, :factor, :rule_id, :rule_version, :data_version)
ON CONFLICT (region_id, drug_id, kind, pharmacy_id) DO UPDATE SET
    class = excluded.class, grade = excluded.grade, strong = excluded.strong, counted = excluded.counted,
    fen = excluded.fen, observed_at = excluded.observed_at, ref_median = excluded.ref_median,
    ref_area = excluded.ref_area, ratio_median = excluded.ratio_median, factor = excluded.factor,
    rule_id = excluded.rule_id, rule_version = excluded.rule_version, data_version = excluded.data_version

-- name: delete_flag
DELETE FROM flag
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id

-- name: flags_of_market
-- What was found in one market, in the order of pharmacies.
SELECT pharmacy_id, class, grade, strong, counted, fen, observed_at, ref_median,
       ref_area, ratio_median, factor, rule_id, rule_version
FROM flag WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind ORDER BY pharmacy_id

-- name: flags
-- A region's flags of one class with names, highest ratio first, after the one a cursor names; :kind, :grade, whether it
-- is :strong, the least ratio to the median, a :rule that made it or found the price too, the :state of its case (found
-- while there is none), a drug, a pharmacy, its district and the oldest second of observation narrow them. The last five
-- columns are what the numbers follow from that are not in the row: how many prices were compared with and what they
-- come to, the one itself included; the drug's spread, the number of its quotes, and the usual spread of the province.
SELECT f.region_id, f.drug_id, f.kind, f.pharmacy_id, f.class, f.grade, f.strong, f.fen, f.observed_at,
       f.ref_median, f.ref_area, f.ratio_median, f.factor, f.rule_id, f.rule_version, f.data_version,
       p.code, p.name, p.district_id, d.code, d.name, d.form, d.spec, d.maker, f.counted,
       CASE WHEN f.ref_area = 'local' THEN m.n ELSE (
           SELECT CAST(sum(w.n) AS BIGINT) FROM region r CROSS JOIN market w
           WHERE r.id BETWEEN f.region_id / 10000 * 10000 AND f.region_id / 10000 * 10000 + 9999 AND r.pooling = 1
             AND w.region_id = r.id AND w.drug_id = f.drug_id AND w.kind = f.kind) END,
       CASE WHEN f.ref_area = 'local' THEN round(m.mean * m.n) ELSE (
           SELECT sum(round(w.mean * w.n)) FROM region r CROSS JOIN market w
           WHERE r.id BETWEEN f.region_id / 10000 * 10000 AND f.region_id / 10000 * 10000 + 9999 AND r.pooling = 1
             AND w.region_id = r.id AND w.drug_id = f.drug_id AND w.kind = f.kind) END,
       s.spread, s.quotes, t.spread
FROM flag f
JOIN pharmacy p ON p.id = f.pharmacy_id
JOIN drug d ON d.id = f.drug_id
JOIN market m ON m.region_id = f.region_id AND m.drug_id = f.drug_id AND m.kind = f.kind
LEFT JOIN drug_spread s ON s.province_id = f.region_id / 10000 AND s.kind = f.kind AND s.drug_id = f.drug_id
LEFT JOIN typical_spread t ON t.province_id = f.region_id / 10000 AND t.kind = f.kind
WHERE f.region_id = :region_id AND f.class = :class
  AND (CAST(:kind AS TEXT) IS NULL OR f.kind = :kind)
  AND (CAST(:grade AS TEXT) IS NULL OR f.grade = :grade)
  AND (CAST(:strong AS BIGINT) IS NULL OR f.strong = :strong)
  AND (CAST(:min_ratio AS DOUBLE PRECISION) IS NULL OR f.ratio_median >= :min_ratio)
  AND (CAST(:rule AS TEXT) IS NULL
       OR (f.rule_id = :rule AND f.rule_version = coalesce(CAST(:rule_version AS BIGINT), f.rule_version))
       OR EXISTS (SELECT 1 FROM rule_flag r WHERE r.region_id = f.region_id AND r.drug_id = f.drug_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.rule_id = :rule AND r.secret = 0
                  AND r.rule_version = coalesce(CAST(:rule_version AS BIGINT), r.rule_version)))
  AND (CAST(:state AS TEXT) IS NULL OR :state = coalesce(
       (SELECT c.state FROM flag_case c
        WHERE c.pharmacy_id = f.pharmacy_id AND c.drug_id = f.drug_id AND c.kind = f.kind), 'found'))
  AND (CAST(:drug_id AS BIGINT) IS NULL OR f.drug_id = :drug_id)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR f.pharmacy_id = :pharmacy_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:oldest AS BIGINT) IS NULL OR f.observed_at >= :oldest
       OR EXISTS (SELECT 1 FROM list_run r WHERE r.region_id = f.region_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.until_at >= :oldest))
  AND f.ratio_median <= coalesce(CAST(:ratio AS DOUBLE PRECISION), 1e300)
  AND (CAST(:ratio AS DOUBLE PRECISION) IS NULL OR f.ratio_median < :ratio
       OR (f.ratio_median = :ratio AND f.drug_id > :after_drug)
       OR (f.ratio_median = :ratio AND f.drug_id = :after_drug AND f.pharmacy_id > :after_pharmacy)
       OR (f.ratio_median = :ratio AND f.drug_id = :after_drug AND f.pharmacy_id = :after_pharmacy
           AND f.kind > :after_kind))
ORDER BY f.ratio_median DESC, f.drug_id, f.pharmacy_id, f.kind
LIMIT :most

-- name: flag_of
-- One flag, as `flags` gives them.
/* as flags */
WHERE f.pharmacy_id = :pharmacy_id AND f.drug_id = :drug_id AND f.kind = :kind AND f.region_id = :region_id

-- name: case_of
-- What became of one price of one pharmacy; nothing where nobody has taken it up.
SELECT c.id, c.region_id, c.drug_id, c.kind, c.pharmacy_id, c.state, c.standing, c.mended, c.judged, c.revision, c.due_on,
       c.opened_at, c.class, c.grade, c.fen, c.numbers, c.prices_hash
FROM flag_case c
WHERE c.pharmacy_id = :pharmacy_id AND c.drug_id = :drug_id AND c.kind = :kind

-- name: mended_cases
-- Cases whose price is not flagged any more and was put right, as calc/cases.py says, with what is asked now;
-- a price that is held as suspicious puts nothing right.
SELECT c.id, c.region_id, c.drug_id, c.kind, c.pharmacy_id, c.state, c.standing, c.mended, c.judged, c.revision, c.due_on,
       c.opened_at, c.class, c.grade, c.fen, c.numbers, c.prices_hash, o.fen
FROM flag_case c
JOIN pharmacy p ON p.id = c.pharmacy_id
JOIN offer o ON o.region_id = p.region_id AND o.pharmacy_id = c.pharmacy_id AND o.drug_id = c.drug_id AND o.kind = c.kind
WHERE c.standing = 0 AND c.mended = 0 AND o.held = 0
  AND CASE WHEN c.class = 'error_low' THEN o.fen > c.fen ELSE o.fen < c.fen END
ORDER BY c.id

-- name: has_cases
SELECT 1 FROM flag_case LIMIT 1

-- name: cases
-- Cases of a region in the order of ids, after :after; state, pharmacy, district and the day before which they are due
-- narrow them.
/* as case_of */
WHERE c.region_id = :region_id AND c.id > :after
  AND (CAST(:state AS TEXT) IS NULL OR c.state = :state)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR c.pharmacy_id = :pharmacy_id)
  AND (CAST(:due_before AS TEXT) IS NULL OR c.due_on < :due_before)
  AND (CAST(:district_id AS BIGINT) IS NULL
       OR c.pharmacy_id IN (SELECT p.id FROM pharmacy p WHERE p.district_id = :district_id))
ORDER BY c.id LIMIT :most

-- name: cases_of_batch
-- Cases whose newest step was taken in a batch.
/* as case_of */
WHERE EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = c.id AND s.revision = c.revision
                               AND s.batch_id = :batch_id)
ORDER BY c.id

-- name: size_of_batch
SELECT count(*) FROM case_step WHERE batch_id = :batch_id

-- name: region_of_pharmacy
SELECT region_id FROM pharmacy WHERE id = :id

-- name: flag_names
-- The names a person needs, as `flags` gives them.
SELECT p.code, p.name, p.district_id, d.code, d.name, d.form, d.spec, d.maker
FROM pharmacy p CROSS JOIN drug d WHERE p.id = :pharmacy_id AND d.id = :drug_id

-- name: next_case
SELECT coalesce(max(id), 0) + 1 FROM flag_case

-- name: next_batch
SELECT coalesce(max(batch_id), 0) + 1 FROM case_step

-- name: put_case
INSERT INTO flag_case (id, region_id, drug_id, kind, pharmacy_id, state, standing, mended, judged, revision, due_on, opened_at, class,
                       grade, fen, numbers, prices_hash)
VALUES (:id, :region_id, :drug_id, :kind, :pharmacy_id, :state, :standing, :mended, :judged, :revision, :due_on, :opened_at, :class,
        :grade, :fen, :numbers, :prices_hash)
ON CONFLICT (id) DO UPDATE SET
    region_id = excluded.region_id, state = excluded.state, standing = excluded.standing, mended = excluded.mended,
    judged = excluded.judged,
    revision = excluded.revision, due_on = excluded.due_on, class = excluded.class, grade = excluded.grade,
    fen = excluded.fen, numbers = excluded.numbers, prices_hash = excluded.prices_hash

-- name: put_step
INSERT INTO case_step (case_id, revision, at, action, before, after, role, who, why, fen, batch_id)
VALUES (:case_id, :revision, :at, :action, :before, :after, :role, :who, :why, :fen, :batch_id)

-- name: steps
-- All that was done about a case, oldest first.
SELECT revision, at, action, before, after, role, who, why, fen, batch_id FROM case_step
WHERE case_id = :case_id ORDER BY revision

-- name: put_case_prices
INSERT INTO case_prices (hash, layout, prices) VALUES (:hash, :layout, :prices) ON CONFLICT (hash) DO NOTHING

-- name: case_prices
SELECT layout, prices FROM case_prices WHERE hash = :hash

-- name: attachments
-- Files that were put to a case, oldest first, without their bytes.
SELECT number, at, role, who, name, media, bytes, sha256 FROM case_file WHERE case_id = :case_id ORDER BY number

-- name: attachment
SELECT number, at, role, who, name, media, bytes, sha256, content FROM case_file
WHERE case_id = :case_id AND number = :number

-- name: put_attachment
INSERT INTO case_file (case_id, number, at, role, who, name, media, bytes, sha256, content)
VALUES (:case_id, :number, :at, :role, :who, :name, :media, :bytes, :sha256, :content)

-- name: next_report
SELECT coalesce(max(id), 0) + 1 FROM citizen_report

-- name: same_report
-- What was said before in the same words and nobody has looked at yet; nothing when it is new.
SELECT id, region_id, pharmacy_id, drug_id, kind, what, fen, seen_on, times, first_at, last_at, state, who, why
FROM citizen_report
WHERE pharmacy_id = :pharmacy_id AND state = 'new' AND what = :what AND kind = :kind
  AND coalesce(drug_id, -1) = coalesce(CAST(:drug_id AS BIGINT), -1)
  AND coalesce(fen, -1) = coalesce(CAST(:fen AS BIGINT), -1)

-- name: report
SELECT id, region_id, pharmacy_id, drug_id, kind, what, fen, seen_on, times, first_at, last_at, state, who, why
FROM citizen_report WHERE id = :id

-- name: reports
-- Reports about pharmacies of a region in the order of ids, after :after; state and what is said narrow them.
SELECT id, region_id, pharmacy_id, drug_id, kind, what, fen, seen_on, times, first_at, last_at, state, who, why
FROM citizen_report
WHERE region_id = :region_id AND id > :after
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
  AND (CAST(:what AS TEXT) IS NULL OR what = :what)
  AND (CAST(:district_id AS BIGINT) IS NULL
       OR pharmacy_id IN (SELECT p.id FROM pharmacy p WHERE p.district_id = :district_id))
ORDER BY id LIMIT :most

-- name: put_report
INSERT INTO citizen_report (id, region_id, pharmacy_id, drug_id, kind, what, fen, seen_on, times, first_at, last_at,
                            state, who, why)
VALUES (:id, :region_id, :pharmacy_id, :drug_id, :kind, :what, :fen, :seen_on, :times, :first_at, :last_at,
        :state, :who, :why)
ON CONFLICT (id) DO UPDATE SET
    seen_on = excluded.seen_on, times = excluded.times, last_at = excluded.last_at, state = excluded.state,
    who = excluded.who, why = excluded.why

-- name: report_day
SELECT count FROM report_day WHERE pharmacy_id = :pharmacy_id AND day = :day

-- name: put_report_day
INSERT INTO report_day (pharmacy_id, day, count) VALUES (:pharmacy_id, :day, :count)
ON CONFLICT (pharmacy_id, day) DO UPDATE SET count = excluded.count

-- name: forget_report_days
-- Counts of days that are over.
DELETE FROM report_day WHERE day < :day

-- name: asked_now
-- What a pharmacy asks for a drug now and when that was stated; nothing when it does not sell it.
SELECT fen, observed_at FROM offer
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND drug_id = :drug_id AND kind = :kind

-- name: count_flags
-- How many flags a region has, narrowed as `flags` is.
SELECT count(*)
FROM flag f
JOIN pharmacy p ON p.id = f.pharmacy_id
WHERE f.region_id = :region_id
  AND (CAST(:class AS TEXT) IS NULL OR f.class = :class)
  AND (CAST(:kind AS TEXT) IS NULL OR f.kind = :kind)
  AND (CAST(:grade AS TEXT) IS NULL OR f.grade = :grade)
  AND (CAST(:strong AS BIGINT) IS NULL OR f.strong = :strong)
  AND (CAST(:min_ratio AS DOUBLE PRECISION) IS NULL OR f.ratio_median >= :min_ratio)
  AND (CAST(:rule AS TEXT) IS NULL
       OR (f.rule_id = :rule AND f.rule_version = coalesce(CAST(:rule_version AS BIGINT), f.rule_version))
       OR EXISTS (SELECT 1 FROM rule_flag r WHERE r.region_id = f.region_id AND r.drug_id = f.drug_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.rule_id = :rule AND r.secret = 0
                  AND r.rule_version = coalesce(CAST(:rule_version AS BIGINT), r.rule_version)))
  AND (CAST(:state AS TEXT) IS NULL OR :state = coalesce(
       (SELECT c.state FROM flag_case c
        WHERE c.pharmacy_id = f.pharmacy_id AND c.drug_id = f.drug_id AND c.kind = f.kind), 'found'))
  AND (CAST(:drug_id AS BIGINT) IS NULL OR f.drug_id = :drug_id)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR f.pharmacy_id = :pharmacy_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:oldest AS BIGINT) IS NULL OR f.observed_at >= :oldest
       OR EXISTS (SELECT 1 FROM list_run r WHERE r.region_id = f.region_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.until_at >= :oldest))

-- name: spreads_of_region
-- How far the prices of each drug of a region lie apart, widest first, those without a price that counts last; streamed.
SELECT m.drug_id, m.kind, m.n, (m.q3 - m.q1) / m.median, m.median, m.q1, m.q3, m.low, m.high,
       d.code, d.name, d.form, d.spec, d.maker
FROM market m JOIN drug d ON d.id = m.drug_id
WHERE m.region_id = :region_id AND m.n >= :least
  AND (CAST(:kind AS TEXT) IS NULL OR m.kind = :kind)
ORDER BY CASE WHEN m.median IS NULL THEN 1 ELSE 0 END, (m.q3 - m.q1) / m.median DESC, m.drug_id, m.kind

-- name: price_steps
-- Changes of a price in a period, with the price before and what the pharmacy itself sold of the drug in :month, that
-- with the largest effect in a month first, those without sales last; and what flag the new price has now. Held prices are no changes, on either side; nor
-- is what comes on the list or goes off it. Streamed.
SELECT c.pharmacy_id, c.drug_id, c.kind, c.since_at, c.fen, c.was, s.quantity, p.district_id,
       p.code, p.name, d.code, d.name, d.form, d.spec, d.maker, f.class
FROM (SELECT x.region_id, x.drug_id, x.kind, x.pharmacy_id, x.since_at, x.fen,
             (SELECT b.fen FROM price_change b
              WHERE b.region_id = x.region_id AND b.drug_id = x.drug_id AND b.kind = x.kind
                AND b.pharmacy_id = x.pharmacy_id AND b.since_at < x.since_at AND b.held = 0
              ORDER BY b.since_at DESC LIMIT 1) AS was
      FROM price_change x
      WHERE x.region_id = :region_id AND x.kind = :kind AND x.since_at >= :since AND x.since_at < :until
        AND x.held = 0 AND x.fen > 0) c
JOIN pharmacy p ON p.id = c.pharmacy_id
JOIN drug d ON d.id = c.drug_id
LEFT JOIN sale s ON s.region_id = c.region_id AND s.month = :month AND s.pharmacy_id = c.pharmacy_id
                AND s.drug_id = c.drug_id
LEFT JOIN flag f ON f.region_id = c.region_id AND f.drug_id = c.drug_id AND f.kind = c.kind
                AND f.pharmacy_id = c.pharmacy_id AND f.fen = c.fen
WHERE c.was > 0 AND c.was <> c.fen
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
ORDER BY CASE WHEN s.quantity IS NULL THEN 1 ELSE 0 END, abs((c.fen - c.was) * s.quantity) DESC,
         c.drug_id, c.pharmacy_id, c.since_at

-- name: price_jumps
-- Prices at the end of a period of which one is :times hundredths of the other, that held when it began: those that moved
-- most first. What was held as suspicious is compared with nothing, but may itself be a jump; what came on the list or
-- went off it is none. Streamed.
SELECT c.pharmacy_id, c.drug_id, c.kind, c.since_at, c.fen, c.was, c.held, p.district_id,
       p.code, p.name, d.code, d.name, d.form, d.spec, d.maker, f.class
FROM (SELECT x.region_id, x.drug_id, x.kind, x.pharmacy_id, x.since_at, x.fen, x.held,
             (SELECT b.fen FROM price_change b
              WHERE b.region_id = x.region_id AND b.drug_id = x.drug_id AND b.kind = x.kind
                AND b.pharmacy_id = x.pharmacy_id AND b.since_at < :first AND b.held = 0
              ORDER BY b.since_at DESC LIMIT 1) AS was
      FROM price_change x
      WHERE x.region_id = :region_id AND x.kind = :kind AND x.since_at >= :first AND x.since_at < :until
        AND NOT EXISTS (SELECT 1 FROM price_change y
                        WHERE y.region_id = x.region_id AND y.drug_id = x.drug_id AND y.kind = x.kind
                          AND y.pharmacy_id = x.pharmacy_id AND y.since_at > x.since_at AND y.since_at < :until)) c
JOIN pharmacy p ON p.id = c.pharmacy_id
JOIN drug d ON d.id = c.drug_id
LEFT JOIN flag f ON f.region_id = c.region_id AND f.drug_id = c.drug_id AND f.kind = c.kind
                AND f.pharmacy_id = c.pharmacy_id AND f.fen = c.fen
WHERE c.was > 0 AND c.fen > 0 AND (c.fen * 100 >= c.was * :times OR c.was * 100 >= c.fen * :times)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
ORDER BY CASE WHEN c.fen > c.was THEN CAST(c.fen AS DOUBLE PRECISION) / c.was
              ELSE CAST(c.was AS DOUBLE PRECISION) / c.fen END DESC, c.drug_id, c.pharmacy_id

-- name: cases_named
-- Cases of a region with names, what is asked now, the newest step and the newest answer of the pharmacy: the one that is
-- due first in front, those without a day last; narrowed as `cases` is, and by class, kind, drug and district. Streamed.
SELECT c.id, c.pharmacy_id, c.drug_id, c.kind, c.class, c.grade, c.fen, c.numbers, o.fen, c.standing, c.state, c.revision,
       c.opened_at, c.due_on, p.district_id, p.code, p.name, d.code, d.name, d.form, d.spec, d.maker,
       s.action, s.at, s.who, s.why,
       (SELECT a.why FROM case_step a WHERE a.case_id = c.id AND a.role = 'pharmacy' ORDER BY a.revision DESC LIMIT 1)
FROM flag_case c
JOIN pharmacy p ON p.id = c.pharmacy_id
JOIN drug d ON d.id = c.drug_id
JOIN case_step s ON s.case_id = c.id AND s.revision = c.revision
LEFT JOIN offer o ON o.region_id = c.region_id AND o.pharmacy_id = c.pharmacy_id AND o.drug_id = c.drug_id
                 AND o.kind = c.kind
WHERE c.region_id = :region_id
  AND (CAST(:state AS TEXT) IS NULL OR c.state = :state)
  AND (CAST(:class AS TEXT) IS NULL OR c.class = :class)
  AND (CAST(:grade AS TEXT) IS NULL OR c.grade = :grade)
  AND (CAST(:kind AS TEXT) IS NULL OR c.kind = :kind)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR c.pharmacy_id = :pharmacy_id)
  AND (CAST(:drug_id AS BIGINT) IS NULL OR c.drug_id = :drug_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:due_before AS TEXT) IS NULL OR c.due_on < :due_before)
ORDER BY CASE WHEN c.due_on IS NULL THEN 1 ELSE 0 END, c.due_on, c.id

-- name: offers_named
-- What is asked in a region after one pharmacy, drug and kind, in that order, with names; streamed.
-- CROSS JOIN is what SQLite does not turn round.
SELECT o.pharmacy_id, o.drug_id, o.kind, o.fen, o.stock, o.held, o.observed_at, p.district_id,
       p.code, p.name, d.code, d.name, d.form, d.spec, d.maker
FROM offer o CROSS JOIN pharmacy p CROSS JOIN drug d
WHERE o.region_id = :region_id AND p.id = o.pharmacy_id AND d.id = o.drug_id
  AND (o.pharmacy_id, o.drug_id, o.kind) > (:after_pharmacy, :after_drug, :after_kind)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR o.pharmacy_id = :pharmacy_id)
  AND (CAST(:drug_id AS BIGINT) IS NULL OR o.drug_id = :drug_id)
  AND (CAST(:kind AS TEXT) IS NULL OR o.kind = :kind)
  AND (CAST(:held AS BIGINT) IS NULL OR o.held = :held)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
ORDER BY o.pharmacy_id, o.drug_id, o.kind

-- name: count_offers
-- How many prices are asked in a region, narrowed as `offers_named` is.
SELECT count(*)
FROM offer o JOIN pharmacy p ON p.id = o.pharmacy_id
WHERE o.region_id = :region_id
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR o.pharmacy_id = :pharmacy_id)
  AND (CAST(:drug_id AS BIGINT) IS NULL OR o.drug_id = :drug_id)
  AND (CAST(:kind AS TEXT) IS NULL OR o.kind = :kind)
  AND (CAST(:held AS BIGINT) IS NULL OR o.held = :held)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)

-- name: quarantined
-- Uploads in quarantine that speak of a pharmacy of a region or district, oldest first; streamed.
SELECT u.id, u.what, u.state, u.about_id, u.sender, u.source, u.file_name, u.layout, u.declared, u.mode, u.sha256,
       u.bytes, u.came_at, u.taken_at, u.newest_at, u.rows, u.added, u.changed, u.unchanged, u.late, u.gone, u.held,
       u.refused, u.filtered, u.warnings, u.reasons, u.registers, u.data_version, u.owner
FROM upload u
WHERE u.state = 'quarantined'
  AND EXISTS (SELECT 1 FROM quote_list q JOIN pharmacy p ON p.id = q.pharmacy_id
              WHERE q.upload_id = u.id AND p.region_id = :region_id
                AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id))
ORDER BY u.id

-- name: reporting
-- How many prices each pharmacy of a region has, and when the newest of them was stated by itself.
SELECT p.id, (SELECT count(*) FROM offer o WHERE o.region_id = p.region_id AND o.pharmacy_id = p.id),
       (SELECT max(o.observed_at) FROM offer o WHERE o.region_id = p.region_id AND o.pharmacy_id = p.id),
       p.district_id, p.code, p.name, p.chain, p.phone
FROM pharmacy p
WHERE p.region_id = :region_id AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
ORDER BY p.id

-- name: last_changes
-- When each pharmacy of a region last changed a price, took one off the list or put one on it; the same price seen
-- again after a silence is no change. The history lies in the order of the window, so nothing is sorted for it.
SELECT c.pharmacy_id, max(c.since_at)
FROM (SELECT pharmacy_id, since_at, fen,
             lag(fen) OVER (PARTITION BY drug_id, kind, pharmacy_id ORDER BY since_at) AS was
      FROM price_change WHERE region_id = :region_id) c
WHERE c.was IS NULL OR c.was <> c.fen
GROUP BY c.pharmacy_id

-- name: sales_of_month
-- What every pharmacy of a region sold in a month, in the order of pharmacy and drug; streamed.
SELECT pharmacy_id, drug_id, quantity, amount_fen FROM sale
WHERE region_id = :region_id AND month = :month ORDER BY pharmacy_id, drug_id

-- name: sales_stamp
-- How many rows of sales a region has of a month, and a hash of all of them.
SELECT rows, hash FROM sale_month WHERE region_id = :region_id AND month = :month

-- name: delete_sales_stamp
DELETE FROM sale_month WHERE region_id = :region_id AND month = :month

-- name: put_sales_stamp
INSERT INTO sale_month (region_id, month, rows, hash) VALUES (:region_id, :month, :rows, :hash)

-- name: sales_of_pharmacy
-- What one pharmacy sold in a month, in the order of drugs.
SELECT drug_id, quantity, amount_fen FROM sale
WHERE region_id = :region_id AND month = :month AND pharmacy_id = :pharmacy_id ORDER BY drug_id

-- name: sale_lists
-- All lists that count of what a pharmacy sold in a month, in the order of uploads.
SELECT s.upload_id, s.layout, s.totals
FROM sale_list s JOIN upload u ON u.id = s.upload_id
WHERE s.region_id = :region_id AND s.pharmacy_id = :pharmacy_id AND s.month = :month AND u.state = 'taken'
ORDER BY s.upload_id

-- name: sale_lists_of_upload
-- Which pharmacies' months an upload speaks of.
SELECT region_id, pharmacy_id, month FROM sale_list WHERE upload_id = :upload_id ORDER BY region_id, month, pharmacy_id

-- name: delete_sale
DELETE FROM sale
WHERE region_id = :region_id AND month = :month AND pharmacy_id = :pharmacy_id AND drug_id = :drug_id

-- name: sale_months
-- Each region and month with sales.
SELECT DISTINCT region_id, month FROM sale ORDER BY region_id, month

-- name: put_sale
INSERT INTO sale (region_id, month, pharmacy_id, drug_id, quantity, amount_fen, upload_id)
VALUES (:region_id, :month, :pharmacy_id, :drug_id, :quantity, :amount_fen, :upload_id)
ON CONFLICT (region_id, month, pharmacy_id, drug_id) DO UPDATE SET
    quantity = excluded.quantity, amount_fen = excluded.amount_fen, upload_id = excluded.upload_id

-- name: references
-- The region's side of the index for one month, by drug.
SELECT drug_id, sellers, quantity, amount_fen, median FROM reference_price
WHERE region_id = :region_id AND month = :month ORDER BY drug_id

-- name: delete_references
DELETE FROM reference_price WHERE region_id = :region_id AND month = :month

-- name: indices
-- The index of every pharmacy of a region in a month, dearest first, those without a value last.
SELECT p.id, p.code, p.name, p.district_id, i.method_id, i.method_version, i.value, i.se, i.n_items, i.n_eff,
       i.largest_weight, i.coverage, i.turnover_fen, i.status
FROM pharmacy_index i JOIN pharmacy p ON p.id = i.pharmacy_id
WHERE i.region_id = :region_id AND i.month = :month AND i.method_id = :method_id
ORDER BY CASE WHEN i.value IS NULL THEN 1 ELSE 0 END, i.value DESC, p.id

-- name: indices_of_month
-- Every index of a region and month, by whichever method, in the order of pharmacies.
SELECT pharmacy_id, method_id, method_version, value, se, n_items, n_eff, largest_weight, coverage, turnover_fen,
       status
FROM pharmacy_index WHERE region_id = :region_id AND month = :month ORDER BY pharmacy_id, method_id

-- name: index_of_pharmacy
SELECT p.id, p.code, p.name, p.district_id, i.method_id, i.method_version, i.value, i.se, i.n_items, i.n_eff,
       i.largest_weight, i.coverage, i.turnover_fen, i.status
FROM pharmacy_index i JOIN pharmacy p ON p.id = i.pharmacy_id
WHERE i.region_id = :region_id AND i.month = :month AND i.method_id = :method_id AND i.pharmacy_id = :pharmacy_id

-- name: last_index_month
-- The newest month for which a region has indices; null while it has none.
SELECT max(month) FROM pharmacy_index WHERE region_id = :region_id

-- name: put_index
INSERT INTO pharmacy_index (region_id, month, pharmacy_id, method_id, method_version, value, se, n_items, n_eff,
                            largest_weight, coverage, turnover_fen, status)
VALUES (:region_id, :month, :pharmacy_id, :method_id, :method_version, :value, :se, :n_items, :n_eff,
        :largest_weight, :coverage, :turnover_fen, :status)

-- name: delete_indices
DELETE FROM pharmacy_index WHERE region_id = :region_id AND month = :month

-- name: index_settings
-- What was set for a region and year, or for all, the widest first.
SELECT region_id, year, name, value FROM index_setting
WHERE region_id IN (0, :region_id) AND year IN (0, :year) ORDER BY region_id, year, name

-- name: all_index_settings
SELECT region_id, year, name, value FROM index_setting ORDER BY region_id, year, name

-- name: put_index_setting
INSERT INTO index_setting (region_id, year, name, value) VALUES (:region_id, :year, :name, :value)
ON CONFLICT (region_id, year, name) DO UPDATE SET value = excluded.value

-- name: delete_index_setting
DELETE FROM index_setting WHERE region_id = :region_id AND year = :year AND name = :name

-- name: next_index_run
SELECT coalesce(max(id), 0) + 1 FROM index_run

-- name: put_index_run
INSERT INTO index_run (id, region_id, period, compare, method_id, method_version, reference, state, corrects_id, data_version, made_at,
       made_by, why, decided_at, decided_by, limits, facts, layout, inputs_hash, values_hash, inputs)
VALUES (:id, :region_id, :period, :compare, :method_id, :method_version, :reference, :state, :corrects_id,
        :data_version, :made_at, :made_by, :why, :decided_at, :decided_by, :limits, :facts, :layout,
        :inputs_hash, :values_hash, :inputs)

-- name: decide_index_run
-- All that ever changes of a run.
UPDATE index_run SET state = :state, decided_at = :decided_at, decided_by = :decided_by
WHERE id = :id AND state = 'draft'

-- name: index_run
SELECT id, region_id, period, compare, method_id, method_version, reference, state, corrects_id, data_version, made_at,
       made_by, why, decided_at, decided_by, limits, facts, layout, inputs_hash, values_hash FROM index_run WHERE id = :id

-- name: index_inputs
SELECT inputs FROM index_run WHERE id = :id

-- name: index_runs
-- Runs, newest first, below :before; :region_id, :period and :state narrow them.
SELECT id, region_id, period, compare, method_id, method_version, reference, state, corrects_id, data_version, made_at,
       made_by, why, decided_at, decided_by, limits, facts, layout, inputs_hash, values_hash FROM index_run
WHERE id < :before AND (CAST(:region_id AS BIGINT) IS NULL OR region_id = :region_id)
  AND (CAST(:period AS TEXT) IS NULL OR period = :period) AND (CAST(:state AS TEXT) IS NULL OR state = :state)
ORDER BY id DESC LIMIT :most

-- name: index_run_in_force
-- The confirmed run of a region and period that no confirmed run has taken the place of.
SELECT r.id, r.region_id, r.period, r.compare, r.method_id, r.method_version, r.reference, r.state, r.corrects_id,
       r.data_version, r.made_at, r.made_by, r.why, r.decided_at, r.decided_by, r.limits, r.facts, r.layout,
       r.inputs_hash, r.values_hash FROM index_run r
WHERE r.region_id = :region_id AND r.period = :period AND r.compare = :compare AND r.method_id = :method_id
  AND r.reference = :reference AND r.state = 'confirmed'
  AND NOT EXISTS (SELECT 1 FROM index_run c WHERE c.corrects_id = r.id AND c.state = 'confirmed')
ORDER BY r.id DESC LIMIT 1

-- name: index_run_corrected_by
-- The confirmed run that took the place of one, or nothing.
SELECT id FROM index_run WHERE corrects_id = :id AND state = 'confirmed' ORDER BY id LIMIT 1

-- name: put_index_value
INSERT INTO index_value (run_id, pharmacy_id, value, low, high, se, n_items, n_eff, coverage, single_seller, own_reference, largest_weight, loo,
       region_volume, volume, took, level, level_low, level_high, component, reliability, shrunk, rank, ranked,
       turnover, cost, status, why, gk, idb, geks)
VALUES (:run_id, :pharmacy_id, :value, :low, :high, :se, :n_items, :n_eff, :coverage, :single_seller, :own_reference,
        :largest_weight, :loo, :region_volume, :volume, :took, :level, :level_low, :level_high, :component,
        :reliability, :shrunk, :rank, :ranked, :turnover, :cost, :status, :why, :gk, :idb, :geks)

-- name: index_values
-- What a run says of every pharmacy, in the order of their ids.
SELECT pharmacy_id, value, low, high, se, n_items, n_eff, coverage, single_seller, own_reference, largest_weight, loo,
       region_volume, volume, took, level, level_low, level_high, component, reliability, shrunk, rank, ranked,
       turnover, cost, status, why, gk, idb, geks FROM index_value WHERE run_id = :run_id ORDER BY pharmacy_id

-- name: index_history
-- What confirmed runs that no other took the place of say of a pharmacy, each with period and method, oldest run first.
SELECT r.id, r.region_id, r.period, r.method_id, r.method_version, r.reference, r.decided_at,
       v.pharmacy_id, v.value, v.low, v.high, v.se, v.n_items, v.n_eff, v.coverage, v.single_seller, v.own_reference,
       v.largest_weight, v.loo, v.region_volume, v.volume, v.took, v.level, v.level_low, v.level_high, v.component,
       v.reliability, v.shrunk, v.rank, v.ranked, v.turnover, v.cost, v.status, v.why, v.gk, v.idb,
       v.geks
FROM index_value v JOIN index_run r ON r.id = v.run_id
WHERE v.pharmacy_id = :pharmacy_id AND r.compare = :compare AND r.state = 'confirmed'
  AND NOT EXISTS (SELECT 1 FROM index_run c WHERE c.corrects_id = r.id AND c.state = 'confirmed')
ORDER BY r.id

-- name: monthly_history
-- A pharmacy's indices as they stand by month, without runs.
SELECT month, method_id, method_version, value, n_eff, coverage FROM pharmacy_index
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id ORDER BY month, method_id

-- name: next_appeal
SELECT coalesce(max(id), 0) + 1 FROM index_appeal

-- name: put_appeal
INSERT INTO index_appeal (id, run_id, pharmacy_id, drug_id, period, about, state, effect, quantity, amount_fen, revision, due_on, filed_at)
VALUES (:id, :run_id, :pharmacy_id, :drug_id, :period, :about, :state, :effect, :quantity, :amount_fen, :revision,
        :due_on, :filed_at)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, effect = excluded.effect, quantity = excluded.quantity, amount_fen = excluded.amount_fen,
    revision = excluded.revision, due_on = excluded.due_on

-- name: appeal
SELECT id, run_id, pharmacy_id, drug_id, period, about, state, effect, quantity, amount_fen, revision, due_on, filed_at FROM index_appeal WHERE id = :id

-- name: appeals
-- Appeals after an id against runs of a region, narrowed by :state, :run_id, :pharmacy_id and :due_before.
SELECT a.id, a.run_id, a.pharmacy_id, a.drug_id, a.period, a.about, a.state, a.effect, a.quantity, a.amount_fen,
       a.revision, a.due_on, a.filed_at
FROM index_appeal a JOIN index_run r ON r.id = a.run_id
WHERE a.id > :after AND (CAST(:region_id AS BIGINT) IS NULL OR r.region_id = :region_id)
  AND (CAST(:state AS TEXT) IS NULL OR a.state = :state) AND (CAST(:run_id AS BIGINT) IS NULL OR a.run_id = :run_id)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR a.pharmacy_id = :pharmacy_id)
  AND (CAST(:due_before AS TEXT) IS NULL OR a.due_on < :due_before)
ORDER BY a.id LIMIT :most

-- name: accepted_appeals
-- What was accepted about the sales of pharmacies that are in a region now, in the order in which it was filed.
SELECT a.id, a.run_id, a.pharmacy_id, a.drug_id, a.period, a.about, a.state, a.effect, a.quantity, a.amount_fen,
       a.revision, a.due_on, a.filed_at
FROM index_appeal a JOIN pharmacy p ON p.id = a.pharmacy_id
WHERE p.region_id = :region_id AND a.state = 'accepted' ORDER BY a.id

-- name: put_appeal_step
INSERT INTO index_appeal_step (appeal_id, revision, at, action, before, after, role, who, why)
VALUES (:appeal_id, :revision, :at, :action, :before, :after, :role, :who, :why)

-- name: appeal_steps
SELECT revision, at, action, before, after, role, who, why FROM index_appeal_step
WHERE appeal_id = :appeal_id ORDER BY revision

-- name: move_offers
-- A pharmacy has come under another pooling region: its rows follow it.
UPDATE offer SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_cases
UPDATE flag_case SET region_id = :to_region WHERE pharmacy_id = :pharmacy_id AND region_id = :region_id

-- name: move_reports
UPDATE citizen_report SET region_id = :to_region WHERE pharmacy_id = :pharmacy_id AND region_id = :region_id

-- name: move_changes
UPDATE price_change SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_lists
UPDATE quote_list SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_runs
UPDATE list_run SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_sale_lists
UPDATE sale_list SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_sales
UPDATE sale SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: counts
-- How much there is: regions, drugs, pharmacies, markets.
SELECT (SELECT count(*) FROM region), (SELECT count(*) FROM drug), (SELECT count(*) FROM pharmacy),
       (SELECT count(*) FROM market)

-- name: rule_uses
-- All that was ever said of rules in force, in the order it was said.
SELECT id, region_id, name, version, since_on, until_on, made_at, made_by, why FROM rule_use ORDER BY id

-- name: put_rule_use
INSERT INTO rule_use (id, region_id, name, version, since_on, until_on, made_at, made_by, why)
VALUES (:id, :region_id, :name, :version, :since_on, :until_on, :made_at, :made_by, :why)

-- name: standards_of_drug
-- Every payment standard of one drug, confidential ones too: never for an answer to the public.
SELECT drug_id, region_id, since_on, until_on, fen, basis, confidential FROM payment_standard
WHERE drug_id = :drug_id ORDER BY region_id, since_on

-- name: rule_flags_of_market
-- What rules in force found in one market.
SELECT region_id, drug_id, kind, pharmacy_id, rule_id, secret, rule_version, tier, gravity, fen, observed_at, numbers,
       data_version
FROM rule_flag WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind ORDER BY pharmacy_id, rule_id, secret

-- name: rule_flags_of_price
-- What rules in force say of one price of one pharmacy.
SELECT region_id, drug_id, kind, pharmacy_id, rule_id, secret, rule_version, tier, gravity, fen, observed_at, numbers,
       data_version
FROM rule_flag
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id
ORDER BY rule_id, secret

-- name: rule_flag_keys
-- Which flags of rules there are; streamed.
SELECT region_id, drug_id, kind, pharmacy_id, rule_id, secret FROM rule_flag

-- name: delete_rule_flag
DELETE FROM rule_flag
WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind AND pharmacy_id = :pharmacy_id
  AND rule_id = :rule_id AND secret = :secret

-- name: rule_flags
-- What rules found in a region, gravest first, after the one a cursor names, with the names a person needs; the rule, its
-- tier, whether it is :secret, how grave it is at least, and what narrows flags narrow them.
SELECT f.region_id, f.drug_id, f.kind, f.pharmacy_id, f.rule_id, f.secret, f.rule_version, f.tier, f.gravity, f.fen, f.observed_at, f.numbers, f.data_version,
       p.code, p.name, p.district_id, d.code, d.name, d.form, d.spec, d.maker
FROM rule_flag f
JOIN pharmacy p ON p.id = f.pharmacy_id
JOIN drug d ON d.id = f.drug_id
WHERE f.region_id = :region_id
  AND (CAST(:secret AS BIGINT) IS NULL OR f.secret = :secret)
  AND (CAST(:rule AS TEXT) IS NULL OR f.rule_id = :rule)
  AND (CAST(:rule_version AS BIGINT) IS NULL OR f.rule_version = :rule_version)
  AND (CAST(:tier AS TEXT) IS NULL OR f.tier = :tier)
  AND (CAST(:min_ratio AS DOUBLE PRECISION) IS NULL OR f.gravity >= :min_ratio)
  AND (CAST(:state AS TEXT) IS NULL OR :state = coalesce(
       (SELECT c.state FROM flag_case c
        WHERE c.pharmacy_id = f.pharmacy_id AND c.drug_id = f.drug_id AND c.kind = f.kind), 'found'))
  AND (CAST(:kind AS TEXT) IS NULL OR f.kind = :kind)
  AND (CAST(:drug_id AS BIGINT) IS NULL OR f.drug_id = :drug_id)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR f.pharmacy_id = :pharmacy_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:oldest AS BIGINT) IS NULL OR f.observed_at >= :oldest
       OR EXISTS (SELECT 1 FROM list_run r WHERE r.region_id = f.region_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.until_at >= :oldest))
  AND f.gravity <= coalesce(CAST(:gravity AS DOUBLE PRECISION), 1e300)
  AND (CAST(:gravity AS DOUBLE PRECISION) IS NULL OR f.gravity < :gravity
       OR (f.drug_id, f.pharmacy_id, f.kind, f.rule_id, f.secret)
          > (:after_drug, :after_pharmacy, :after_kind, :after_rule, :after_secret))
ORDER BY f.gravity DESC, f.drug_id, f.pharmacy_id, f.kind, f.rule_id, f.secret
LIMIT :most

-- name: count_rule_flags
-- How many of these a region has.
SELECT count(*)
FROM rule_flag f
JOIN pharmacy p ON p.id = f.pharmacy_id
WHERE f.region_id = :region_id
  AND (CAST(:secret AS BIGINT) IS NULL OR f.secret = :secret)
  AND (CAST(:rule AS TEXT) IS NULL OR f.rule_id = :rule)
  AND (CAST(:rule_version AS BIGINT) IS NULL OR f.rule_version = :rule_version)
  AND (CAST(:tier AS TEXT) IS NULL OR f.tier = :tier)
  AND (CAST(:min_ratio AS DOUBLE PRECISION) IS NULL OR f.gravity >= :min_ratio)
  AND (CAST(:state AS TEXT) IS NULL OR :state = coalesce(
       (SELECT c.state FROM flag_case c
        WHERE c.pharmacy_id = f.pharmacy_id AND c.drug_id = f.drug_id AND c.kind = f.kind), 'found'))
  AND (CAST(:kind AS TEXT) IS NULL OR f.kind = :kind)
  AND (CAST(:drug_id AS BIGINT) IS NULL OR f.drug_id = :drug_id)
  AND (CAST(:pharmacy_id AS BIGINT) IS NULL OR f.pharmacy_id = :pharmacy_id)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:oldest AS BIGINT) IS NULL OR f.observed_at >= :oldest
       OR EXISTS (SELECT 1 FROM list_run r WHERE r.region_id = f.region_id AND r.kind = f.kind
                  AND r.pharmacy_id = f.pharmacy_id AND r.until_at >= :oldest))

-- name: next_key
SELECT coalesce(max(id), 0) + 1 FROM access_key

-- name: put_key
INSERT INTO access_key (id, role, name, scope, hash, signed, made_at, expires_at, revoked_at, follows)
VALUES (:id, :role, :name, :scope, :hash, :signed, :made_at, :expires_at, :revoked_at, :follows)
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, revoked_at = excluded.revoked_at

-- name: key
-- The key with that id, or nothing.
SELECT id, role, name, scope, hash, signed, made_at, expires_at, revoked_at, follows FROM access_key WHERE id = :id

-- name: has_key
SELECT 1 FROM access_key WHERE role = :role LIMIT 1

-- name: keys
-- Every key, oldest first; :role narrows them.
SELECT id, role, name, scope, hash, signed, made_at, expires_at, revoked_at, follows
FROM access_key WHERE CAST(:role AS TEXT) IS NULL OR role = :role ORDER BY id

-- name: use_nonce
INSERT INTO signed_nonce (key_id, nonce, at) VALUES (:key_id, :nonce, :at)

-- name: prune_nonces
DELETE FROM signed_nonce WHERE at < :oldest

-- name: codes_of_chain
SELECT code FROM pharmacy WHERE chain = :chain

-- name: place_of_pharmacy
-- Code and district of a pharmacy, or nothing.
SELECT code, district_id FROM pharmacy WHERE id = :id

-- name: districts_of_batch
-- Districts of all pharmacies that a batch of steps was about, whatever was done since.
SELECT DISTINCT p.district_id
FROM case_step s JOIN flag_case c ON c.id = s.case_id JOIN pharmacy p ON p.id = c.pharmacy_id
WHERE s.batch_id = :batch_id ORDER BY p.district_id

-- name: next_user
SELECT coalesce(max(id), 0) + 1 FROM console_user

-- name: put_user
INSERT INTO console_user (id, name, role, scope, password, secret, step, recovery, made_at, disabled_at)
VALUES (:id, :name, :role, :scope, :password, :secret, :step, :recovery, :made_at, :disabled_at)
ON CONFLICT (id) DO UPDATE SET
    password = excluded.password, secret = excluded.secret, step = excluded.step, recovery = excluded.recovery,
    disabled_at = excluded.disabled_at

-- name: user
-- The person of that name, or nothing.
SELECT id, name, role, scope, password, secret, step, recovery, made_at, disabled_at
FROM console_user WHERE name = :name

-- name: users
SELECT id, name, role, scope, password, secret, step, recovery, made_at, disabled_at FROM console_user ORDER BY name

-- name: put_session
INSERT INTO console_session (hash, user_id, until_at) VALUES (:hash, :user_id, :until_at)

-- name: user_of_session
-- Whose session it is, or nothing when it is over or its person was shut out.
SELECT u.id, u.name, u.role, u.scope, u.password, u.secret, u.step, u.recovery, u.made_at, u.disabled_at
FROM console_session s JOIN console_user u ON u.id = s.user_id
WHERE s.hash = :hash AND s.until_at > :now AND u.disabled_at IS NULL

-- name: end_session
DELETE FROM console_session WHERE hash = :hash

-- name: end_sessions
DELETE FROM console_session WHERE user_id = :user_id

-- name: failures
-- How many attempts failed in somebody's name since a second, and when the oldest of them was.
SELECT count(*), min(at) FROM console_failure WHERE who = :who AND at > :since

-- name: put_failure
INSERT INTO console_failure (id, who, at) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM console_failure), :who, :at)

-- name: forget_failures
DELETE FROM console_failure WHERE who = :who

-- name: prune_sessions
DELETE FROM console_session WHERE until_at <= :now

-- name: prune_failures
DELETE FROM console_failure WHERE at <= :oldest

-- name: rows_by_subject
-- Of each subject of files but payment standards, which nobody is to hear of: rows that were taken, and refused.
SELECT what, sum(added + changed + unchanged + late), sum(refused)
FROM upload
WHERE about_id IS NULL AND state IN ('taken', 'retracted') AND what <> 'standards'
GROUP BY what
ORDER BY what

-- name: queues
-- What waits: files that came, files that a person has to confirm, citizens' reports that nobody has looked at.
SELECT (SELECT count(*) FROM upload WHERE state = 'waiting'), (SELECT count(*) FROM upload WHERE state = 'quarantined'),
       (SELECT count(*) FROM citizen_report WHERE state = 'new')

-- name: flags_by_class
-- How many flags there are, by region and class.
SELECT region_id, class, count(*) FROM flag GROUP BY region_id, class ORDER BY region_id, class

-- name: prices_versions
-- The data version that last changed the prices of each pooling region.
SELECT id, prices_version FROM region WHERE pooling = 1 ORDER BY id

-- name: newest_list
-- When the newest price list of a region was taken; null when there is none. Asks the key of lists once for each
-- pharmacy and kind, however many lists there are.
SELECT max(u.taken_at)
FROM upload u
WHERE u.state = 'taken' AND u.id IN (
    SELECT (SELECT max(q.upload_id) FROM quote_list q
            WHERE q.region_id = p.region_id AND q.pharmacy_id = p.id AND q.kind = k.kind)
    FROM pharmacy p
    CROSS JOIN (SELECT 'listed' AS kind UNION ALL SELECT 'insured' UNION ALL SELECT 'online') k
    WHERE p.region_id = :region_id)

-- name: count_old_refused
-- How many refused rows came before :before, at most kept to be sent back.
SELECT count(*) FROM refused_row WHERE upload_id IN (SELECT id FROM upload WHERE came_at < :before)

-- name: prune_old_refused
DELETE FROM refused_row WHERE upload_id IN (SELECT id FROM upload WHERE came_at < :before)

-- name: prune_old_refused_files
DELETE FROM refused_file WHERE upload_id IN (SELECT id FROM upload WHERE came_at < :before)

-- name: count_old_request_keys
-- How many requests with a key of their own were made before :before.
SELECT count(*) FROM request_key WHERE made_at < :before

-- name: count_old_nonces
-- How many words of signed requests are of times before :before.
SELECT count(*) FROM signed_nonce WHERE at < :before

-- name: count_old_failures
-- How many attempts to log in failed up to :before.
SELECT count(*) FROM console_failure WHERE at <= :before

-- name: count_old_sessions
-- How many sessions of people at the console were over at :before.
SELECT count(*) FROM console_session WHERE until_at <= :before

-- name: count_old_report_days
-- How many counts of reports about a pharmacy are of days before :day.
SELECT count(*) FROM report_day WHERE day < :day

-- name: prune_old_report_days
DELETE FROM report_day WHERE day < :day

-- name: count_old_reports
-- How many citizens' reports were decided and were last said before :before; those that became a case stay with it.
SELECT count(*) FROM citizen_report WHERE last_at < :before AND state IN ('dismissed', 'settled')

-- name: prune_old_reports
DELETE FROM citizen_report WHERE last_at < :before AND state IN ('dismissed', 'settled')
