//! How the binary is linked.

fn main() {
    napi_build::setup();
    // A worker thread that ends may take the last reference to the library with it, while the reporter still runs in
    // it: it stays until the process ends.
    #[cfg(target_os = "linux")]
    println!("cargo::rustc-link-arg=-Wl,-z,nodelete");
}
