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

-- name: pack_counts
-- Drugs whose pack count is known, for the likely slip of a data error.
SELECT id, pack_count FROM drug WHERE pack_count IS NOT NULL

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

-- name: pharmacies
-- Every pharmacy, in the order of ids.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng
FROM pharmacy ORDER BY id

-- name: pharmacies_of_region
-- The pharmacies of one pooling region, in the order of ids.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng
FROM pharmacy WHERE region_id = :region_id ORDER BY id

-- name: pharmacy
-- The pharmacy with that code, or nothing.
SELECT id, code, region_id, district_id, name, address, phone, chain, uscc, lat, lng, datum, given_lat, given_lng
FROM pharmacy WHERE code = :code

-- name: close_pharmacies
-- Pharmacies whose codes lie between two, for "did you mean".
SELECT code, name FROM pharmacy WHERE code >= :low AND code < :high ORDER BY code LIMIT 5

-- name: pharmacy_places
-- Code, id and pooling region of every pharmacy: what an import needs of them.
SELECT code, id, region_id FROM pharmacy

-- name: put_pharmacy
INSERT INTO pharmacy (id, code, region_id, district_id, name, address, phone, chain, uscc,
                      lat, lng, datum, given_lat, given_lng)
VALUES (:id, :code, :region_id, :district_id, :name, :address, :phone, :chain, :uscc,
        :lat, :lng, :datum, :given_lat, :given_lng)
ON CONFLICT (id) DO UPDATE SET
    region_id = excluded.region_id, district_id = excluded.district_id, name = excluded.name,
    address = excluded.address, phone = excluded.phone, chain = excluded.chain, uscc = excluded.uscc,
    lat = excluded.lat, lng = excluded.lng, datum = excluded.datum,
    given_lat = excluded.given_lat, given_lng = excluded.given_lng

-- name: next_ids
-- The next free id of each table that gives ids; ask inside `writing`.
SELECT (SELECT coalesce(max(id), 0) + 1 FROM drug),
       (SELECT coalesce(max(id), 0) + 1 FROM pharmacy),
       (SELECT coalesce(max(id), 0) + 1 FROM upload)

-- name: put_upload
INSERT INTO upload (id, what, file_name, sha256, taken_at, rows, added, changed, unchanged, late, refused, warnings)
VALUES (:id, :what, :file_name, :sha256, :taken_at, :rows, :added, :changed, :unchanged, :late, :refused, :warnings)
ON CONFLICT (id) DO UPDATE SET
    rows = excluded.rows, added = excluded.added, changed = excluded.changed, unchanged = excluded.unchanged,
    late = excluded.late, refused = excluded.refused, warnings = excluded.warnings

-- name: last_upload
-- The newest upload of any kind: id, what, when; nothing while there is none.
SELECT id, what, taken_at FROM upload ORDER BY id DESC LIMIT 1

-- name: offers_of_pharmacy
-- A pharmacy's whole list, in the order of drug and kind.
SELECT drug_id, kind, fen, stock, observed_at FROM offer
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id ORDER BY drug_id, kind

-- name: offers_of_region
-- All that is asked in one region, in the order of pharmacy and drug; streamed.
SELECT pharmacy_id, drug_id, kind, fen, stock, observed_at FROM offer
WHERE region_id = :region_id ORDER BY pharmacy_id, drug_id, kind

-- name: put_offer
INSERT INTO offer (region_id, pharmacy_id, drug_id, kind, fen, stock, observed_at, upload_id)
VALUES (:region_id, :pharmacy_id, :drug_id, :kind, :fen, :stock, :observed_at, :upload_id)
ON CONFLICT (region_id, pharmacy_id, drug_id, kind) DO UPDATE SET
    fen = excluded.fen, stock = excluded.stock, observed_at = excluded.observed_at, upload_id = excluded.upload_id

-- name: history
-- The price changes of one pharmacy, drug and kind, oldest first; a correction follows what it corrects.
SELECT observed_at, fen FROM price_change
WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id AND drug_id = :drug_id AND kind = :kind
ORDER BY observed_at, upload_id

-- name: market
-- One drug's market in one region, or nothing.
SELECT n, mean, median, mad, q1, q3, low, high, stale, doubtful, ages_on, data_version, layout, sellers
FROM market WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: market_keys
-- Which markets a region has.
SELECT region_id, drug_id, kind FROM market WHERE region_id = :region_id ORDER BY drug_id, kind

-- name: ageing
-- Markets in which a price that counts has become stale by :today.
SELECT region_id, drug_id, kind FROM market WHERE ages_on <= :today ORDER BY region_id, drug_id, kind

-- name: put_market
INSERT INTO market (region_id, drug_id, kind, n, mean, median, mad, q1, q3, low, high, stale, doubtful,
                    ages_on, data_version, layout, sellers)
VALUES (:region_id, :drug_id, :kind, :n, :mean, :median, :mad, :q1, :q3, :low, :high, :stale, :doubtful,
        :ages_on, :data_version, :layout, :sellers)
ON CONFLICT (region_id, drug_id, kind) DO UPDATE SET
    n = excluded.n, mean = excluded.mean, median = excluded.median, mad = excluded.mad, q1 = excluded.q1,
    q3 = excluded.q3, low = excluded.low, high = excluded.high, stale = excluded.stale,
    doubtful = excluded.doubtful, ages_on = excluded.ages_on, data_version = excluded.data_version,
    layout = excluded.layout, sellers = excluded.sellers

-- name: delete_market
DELETE FROM market WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: spreads
-- The spread of each drug of a province.
SELECT drug_id, spread, quotes FROM drug_spread WHERE province_id = :province_id AND kind = :kind ORDER BY drug_id

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
INSERT INTO flag (region_id, drug_id, kind, pharmacy_id, class, grade, strong, fen, observed_at, ref_median, ref_mean,
                  others, ref_area, ratio_median, ratio_mean, z, spread, factor, rule_id, rule_version, data_version)
VALUES (:region_id, :drug_id, :kind, :pharmacy_id, :class, :grade, :strong, :fen, :observed_at, :ref_median, :ref_mean,
        :others, :ref_area, :ratio_median, :ratio_mean, :z, :spread, :factor, :rule_id, :rule_version, :data_version)

-- name: delete_flags
DELETE FROM flag WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind

-- name: flags_of_market
-- What was found in one market, in the order of pharmacies.
SELECT region_id, drug_id, kind, pharmacy_id, class, grade, strong, fen, observed_at, ref_median, ref_mean,
       others, ref_area, ratio_median, ratio_mean, z, spread, factor, rule_id, rule_version
FROM flag WHERE region_id = :region_id AND drug_id = :drug_id AND kind = :kind ORDER BY pharmacy_id

-- name: flags
-- A region's flags with names, highest ratio first, after the one a cursor names; :class, :kind, the district
-- of the pharmacy and the oldest second of observation narrow them.
SELECT f.region_id, f.drug_id, f.kind, f.pharmacy_id, f.class, f.grade, f.strong, f.fen, f.observed_at,
       f.ref_median, f.ref_mean, f.others, f.ref_area, f.ratio_median, f.ratio_mean, f.z, f.spread, f.factor,
       f.rule_id, f.rule_version, f.data_version,
       p.code, p.name, p.district_id, d.code, d.name, d.form, d.spec, d.maker
FROM flag f
JOIN pharmacy p ON p.id = f.pharmacy_id
JOIN drug d ON d.id = f.drug_id
WHERE f.region_id = :region_id
  AND (CAST(:class AS TEXT) IS NULL OR f.class = :class)
  AND (CAST(:kind AS TEXT) IS NULL OR f.kind = :kind)
  AND (CAST(:district_id AS BIGINT) IS NULL OR p.district_id = :district_id)
  AND (CAST(:oldest AS BIGINT) IS NULL OR f.observed_at >= :oldest)
  AND (CAST(:ratio AS DOUBLE PRECISION) IS NULL OR f.ratio_median < :ratio
       OR (f.ratio_median = :ratio AND f.drug_id > :drug_id)
       OR (f.ratio_median = :ratio AND f.drug_id = :drug_id AND f.pharmacy_id > :pharmacy_id)
       OR (f.ratio_median = :ratio AND f.drug_id = :drug_id AND f.pharmacy_id = :pharmacy_id AND f.kind > :after_kind))
ORDER BY f.ratio_median DESC, f.drug_id, f.pharmacy_id, f.kind
LIMIT :most

-- name: sales_of_month
-- What every pharmacy of a region sold in a month, in the order of pharmacy and drug; streamed.
SELECT pharmacy_id, drug_id, quantity, amount_fen FROM sale
WHERE region_id = :region_id AND month = :month ORDER BY pharmacy_id, drug_id

-- name: sales_of_pharmacy
-- What one pharmacy sold in a month, in the order of drugs.
SELECT drug_id, quantity, amount_fen FROM sale
WHERE region_id = :region_id AND month = :month AND pharmacy_id = :pharmacy_id ORDER BY drug_id

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

-- name: move_offers
-- A pharmacy has come under another pooling region: its rows follow it.
UPDATE offer SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_changes
UPDATE price_change SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: move_sales
UPDATE sale SET region_id = :to_region WHERE region_id = :region_id AND pharmacy_id = :pharmacy_id

-- name: counts
-- How much there is: regions, drugs, pharmacies, markets.
SELECT (SELECT count(*) FROM region), (SELECT count(*) FROM drug), (SELECT count(*) FROM pharmacy),
       (SELECT count(*) FROM market)
