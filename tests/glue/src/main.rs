//! `wasm-glue INPUT.wasm NAME OUT`: writes `OUT/NAME.js` and `OUT/NAME_bg.wasm`, an ES module that
//! a page imports.
//!
//! The command-line package of wasm-bindgen does the same, at four times the building time; and its
//! version would have to be installed apart from the one that the lock file names.

use std::{env, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, name, out] = arguments.as_slice() else {
        return failed("usage: wasm-glue INPUT.wasm NAME OUT");
    };
    let mut bindgen = Bindgen::new();
    let web = match bindgen.web(true) {
        Ok(bindgen) => bindgen,
        Err(error) => return failed(&format!("{error:#}")),
    };
    // No `.d.ts` and no names of functions: nobody reads them in a browser, and each costs bytes.
    let done = web
        // The module finds its WebAssembly beside itself.
        .omit_default_module_path(false)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .input_path(input)
        .out_name(name)
        .generate(out);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{input}: {error:#}")),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command says on standard error what went wrong"
)]
fn failed(why: &str) -> ExitCode {
    eprintln!("wasm-glue: {why}");
    ExitCode::FAILURE
}
