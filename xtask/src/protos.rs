//! `cargo xtask codegen`, protocol part: Rust types from the .proto files in `crates/wire/proto`, without `protoc`.
//!
//! The gRPC services hand the raw message to us instead of decoding it: OTLP over HTTP and over gRPC then pass
//! through the same decoder with the same limits (`wire::otlp::decode_*`), and a hostile message is never turned
//! into a tree of objects first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use prost::Message as _;

/// Root of the vendored files and what is compiled from each.
const SOURCES: [(&str, &[&str]); 2] = [
    (
        "crates/wire/proto/otlp",
        &[
            "opentelemetry/proto/collector/logs/v1/logs_service.proto",
            "opentelemetry/proto/collector/metrics/v1/metrics_service.proto",
            "opentelemetry/proto/collector/trace/v1/trace_service.proto",
        ],
    ),
    ("crates/wire/proto/opamp", &["opamp.proto"]),
];

/// Where the result is committed.
const TARGET: &str = "crates/wire/src/generated";

/// First line of every generated file.
const MARK: &str = "// Made by `cargo xtask codegen` from crates/wire/proto. Do not edit.\n";

/// The three OTLP services: file, Rust name, protobuf package.
const SERVICES: [(&str, &str, &str); 3] = [
    ("grpc_logs.rs", "LogsService", "opentelemetry.proto.collector.logs.v1"),
    ("grpc_metrics.rs", "MetricsService", "opentelemetry.proto.collector.metrics.v1"),
    ("grpc_trace.rs", "TraceService", "opentelemetry.proto.collector.trace.v1"),
];

/// Writes the generated files; with `check`, only says whether the committed ones are what it would write.
///
/// # Errors
///
/// When a .proto file cannot be compiled, a file cannot be written, or (with `check`) a committed file is stale.
pub fn generate(check: bool) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the workspace")?;
    let scratch = Scratch::new()?;
    for (include, files) in SOURCES {
        messages(root, include, files, &scratch.0)?;
    }
    services(&scratch.0)?;
    let made = read_all(&scratch.0)?
        .into_iter()
        .map(|(name, text)| (name, format!("{MARK}{text}")))
        .collect::<BTreeMap<_, _>>();
    let target = root.join(TARGET);
    if check { compare(&target, &made) } else { write_all(&target, &made) }
}

fn messages(root: &Path, include: &str, files: &[&str], out: &Path) -> anyhow::Result<()> {
    let descriptors =
        protox::compile(files, [root.join(include)]).with_context(|| format!("compiling {include}"))?;
    let descriptors = prost_build_descriptors(&descriptors.encode_to_vec())?;
    prost_build::Config::new()
        .out_dir(out)
        .disable_comments(["."])
        .btree_map(["."])
        .compile_fds(descriptors)
        .with_context(|| format!("generating types of {include}"))
}

/// `protox` and `prost-build` agree on the descriptor set as bytes, whatever `prost-types` each was built with.
fn prost_build_descriptors(bytes: &[u8]) -> anyhow::Result<prost_types::FileDescriptorSet> {
    prost_types::FileDescriptorSet::decode(bytes).context("reading the descriptor set back")
}

fn services(out: &Path) -> anyhow::Result<()> {
    for (file, name, package) in SERVICES {
        let export = tonic_build::manual::Method::builder()
            .name("export")
            .route_name("Export")
            .input_type("bytes::Bytes")
            .output_type("bytes::Bytes")
            .codec_path("crate::grpc::RawCodec")
            .build();
        let service =
            tonic_build::manual::Service::builder().name(name).package(package).method(export).build();
        let scratch = out.join(format!("{name}.d"));
        fs::create_dir_all(&scratch)?;
        tonic_build::manual::Builder::new()
            .build_client(false)
            .build_transport(false)
            .out_dir(&scratch)
            .compile(&[service]);
        let made = fs::read_dir(&scratch)?.next().context("tonic-build wrote nothing")??.path();
        fs::rename(made, out.join(file))?;
        fs::remove_dir(scratch)?;
    }
    Ok(())
}

fn read_all(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("mod.rs") {
            let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

fn write_all(target: &Path, made: &BTreeMap<String, String>) -> anyhow::Result<()> {
    fs::create_dir_all(target)?;
    for name in read_all(target)?.keys().filter(|name| !made.contains_key(*name)) {
        fs::remove_file(target.join(name))?;
    }
    for (name, text) in made {
        fs::write(target.join(name), text)?;
    }
    Ok(())
}

fn compare(target: &Path, made: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let committed = read_all(target)?;
    let stale: Vec<&str> = made
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(*text))
        .map(|(name, _)| name.as_str())
        .chain(committed.keys().filter(|name| !made.contains_key(*name)).map(String::as_str))
        .collect();
    if !stale.is_empty() {
        bail!(
            "{TARGET} is not what crates/wire/proto gives ({}). Run `cargo xtask codegen`.",
            stale.join(", ")
        );
    }
    Ok(())
}

/// A folder of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("tierline-protos-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
