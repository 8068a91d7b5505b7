//! The generated messages: `cargo xtask codegen` makes them from `crates/wire/proto`.
#![allow(missing_docs, clippy::all, clippy::pedantic)]

#[cfg(any(test, feature = "otlp-types"))]
macro_rules! otlp_package {
    ($name:literal) => {
        pub mod v1 {
            include!(concat!("generated/opentelemetry.proto.", $name, ".v1.rs"));
        }
    };
}

/// The OTLP messages, as they are nested in the protocol.
#[cfg(any(test, feature = "otlp-types"))]
pub mod otlp {
    pub mod collector {
        pub mod logs {
            otlp_package!("collector.logs");
        }
        pub mod metrics {
            otlp_package!("collector.metrics");
        }
        pub mod trace {
            otlp_package!("collector.trace");
        }
    }
    pub mod common {
        otlp_package!("common");
    }
    pub mod logs {
        otlp_package!("logs");
    }
    pub mod metrics {
        otlp_package!("metrics");
    }
    pub mod resource {
        otlp_package!("resource");
    }
    pub mod trace {
        otlp_package!("trace");
    }
}

/// The part of OpAMP that Tierline speaks.
pub(crate) mod opamp {
    include!("generated/opamp.proto.rs");
}
