//! OpAMP, both ways.
