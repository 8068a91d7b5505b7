//! `appdynamics._native`: the agent's core as Python sees it.
//!
//! This crate converts, calls and maps, and decides nothing: what a business transaction is, what is kept and
//! what is sent is the business of `tierline`. It promises its host that no entry raises: odd input is counted
//! for diagnosis and otherwise ignored, and an unwind ends at `guard::quietly`.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)]

use pyo3::prelude::*;

mod constants;
mod context;
mod detection;
mod detection_asgi;
mod detection_exit;
mod detection_served;
mod detection_wsgi;
mod error;
mod execution;
mod exit_call;
mod exit_type;
mod fastcall;
mod guard;
mod handle;
mod lifecycle;
mod limits;
mod manager;
mod properties;
mod request;
mod settings;
mod sigterm;
mod text;
mod transaction;

/// The module `appdynamics._native`.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    guard::silence_panics();
    context::prepare(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<handle::BtHandle>()?;
    module.add_class::<handle::ExitCallHandle>()?;
    module.add_class::<manager::BtManager>()?;
    module.add_class::<manager::ExitCallManager>()?;
    module.add("NO_TIMEOUT", lifecycle::NO_TIMEOUT)?;
    for (name, number) in exit_type::CONSTANTS {
        module.add(name, number)?;
    }
    module.add_function(wrap_pyfunction!(lifecycle::init, module)?)?;
    module.add_function(wrap_pyfunction!(lifecycle::shutdown, module)?)?;
    module.add_function(wrap_pyfunction!(lifecycle::flush_at_exit, module)?)?;
    fastcall::add::<transaction::StartBt>(module)?;
    fastcall::add::<transaction::EndBt>(module)?;
    fastcall::add::<transaction::AddSnapshotData>(module)?;
    fastcall::add::<transaction::GetActiveBtHandle>(module)?;
    fastcall::add::<exit_call::StartExitCall>(module)?;
    fastcall::add::<exit_call::EndExitCall>(module)?;
    fastcall::add::<exit_call::MakeCorrelationHeader>(module)?;
    module.add_function(wrap_pyfunction!(exit_type::exit_constant, module)?)?;
    module.add_function(wrap_pyfunction!(request::bind_request, module)?)?;
    module.add_function(wrap_pyfunction!(sigterm::rearm, module)?)?;
    module.add_function(wrap_pyfunction!(lifecycle::diagnostics, module)?)?;
    detection::add(module)?;
    Ok(())
}
