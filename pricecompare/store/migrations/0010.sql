-- Which flags a market has, told without reading them; of markets that were written before, nothing is known.
ALTER TABLE market ADD COLUMN flags_digest BYTEA;

-- Every upload leaves out pharmacies that are closed for good: few, of perhaps fifty thousand.
CREATE INDEX pharmacy_closed ON pharmacy (id, closed_on) WHERE closed_on IS NOT NULL;
