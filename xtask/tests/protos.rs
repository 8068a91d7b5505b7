//! The committed protocol types are what the committed .proto files give.

#[path = "../src/protos.rs"]
mod protos;

#[test]
fn generated_protocol_types_are_fresh() {
    protos::generate(true).unwrap();
}
