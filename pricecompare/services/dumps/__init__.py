"""All that is public, as files for those who want everything: written at night, handed out all day."""
