"""Steps from one version of the schema to the next: NNNN.sql makes a database of the version before one of version N.

A number without a file changes nothing. A step is portable SQL in the spelling of `schema.sql`; `/* sqlite: … */` and
`/* postgres: … */`, on one line, are for one engine alone. Its comments may say two things to the program:

``-- aside: region, pharmacy``  these tables are called ``old_region``, ``old_pharmacy`` while it runs, without their
indexes, and are dropped after it; the step makes them anew and copies what they held. For a change that no
``ALTER TABLE … ADD COLUMN`` at the end of a table can make.

``-- rebuild``  derived tables were emptied or must be made again: `rebuild` runs in the same transaction.

What SQL cannot say stands beside it as ``fill_NNNN.py`` with a function ``fill(engine, queries)``, which runs after it;
its statements follow the SQL, named like those of `queries.sql`.
"""
