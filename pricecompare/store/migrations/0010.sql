-- What other methods say of a pharmacy stands beside its index; of runs that were made before, nothing is known.
ALTER TABLE index_value ADD COLUMN gk DOUBLE PRECISION;
ALTER TABLE index_value ADD COLUMN idb DOUBLE PRECISION;
ALTER TABLE index_value ADD COLUMN geks DOUBLE PRECISION;
