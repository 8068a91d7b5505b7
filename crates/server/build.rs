//! Builds the binary anew when the page was built anew.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
