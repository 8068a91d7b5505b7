//! For tests only: random values of the model, and a controller that records and misbehaves.

pub mod generate;
pub mod recording;
