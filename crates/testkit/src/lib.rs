//! For tests only: random values of the model.

pub mod generate;
