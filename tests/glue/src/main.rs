//! `wasm-glue INPUT.wasm NAME OUT`: writes `OUT/NAME.js` and `OUT/NAME_bg.wasm`, a classic script that a worker imports. Both do
//! without what came after the first edition of WebAssembly, so that old telephones run them.
//!
//! `wasm-glue --lower INPUT.wasm OUTPUT.wasm` does the second half alone, to any module.
//!
//! The command-line package of wasm-bindgen does the first half, at four times the building time; and its
//! version would have to be installed apart from the one that the lock file names.

mod lower;

use std::{env, fs, path::Path, process::ExitCode};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Validator, WasmFeatures};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [option, input, output] if option == "--lower" => lower_alone(input, Path::new(output)),
        [input, name, out] => glue(input, name, Path::new(out)),
        _ => Err("usage: wasm-glue INPUT.wasm NAME OUT, or --lower INPUT.wasm OUTPUT.wasm".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{}: {error}", arguments.join(" "))),
    }
}

fn lower_alone(input: &str, output: &Path) -> Result<(), String> {
    let mut module = walrus::Module::from_file(input).map_err(|error| format!("{error:#}"))?;
    lower::lower(&mut module);
    fs::write(output, module.emit_wasm()).map_err(|error| error.to_string())?;
    is_of_the_first_edition(output)
}

fn glue(input: &str, name: &str, out: &Path) -> Result<(), String> {
    let mut bytes = fs::read(input).map_err(|error| error.to_string())?;
    for feature in ["reference-types", "multivalue"] {
        renounce(&mut bytes, feature);
    }
    let mut bindgen = Bindgen::new();
    // No `.d.ts` and no names of functions: nobody reads them in a browser, and each costs bytes.
    let mut output = bindgen
        .no_modules(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                .input_bytes(name, bytes)
                .generate_output()
        })
        .map_err(|error| format!("{error:#}"))?;
    lower::lower(output.wasm_mut());
    output.emit(out).map_err(|error| format!("{error:#}"))?;
    is_of_the_first_edition(&out.join(format!("{name}_bg.wasm")))
}

/// Reads what was written as a browser of 2018 does.
fn is_of_the_first_edition(file: &Path) -> Result<(), String> {
    let written = fs::read(file).map_err(|error| error.to_string())?;
    Validator::new_with_features(WasmFeatures::WASM1)
        .validate_all(&written)
        .map(drop)
        .map_err(|error| format!("not of the first edition: {error}"))
}

/// Tells wasm-bindgen not to use a feature that the compiler had been allowed: the mark before its name in the section
/// `target_features` turns from used to refused.
fn renounce(module: &mut [u8], feature: &str) {
    let Ok(length) = u8::try_from(feature.len()) else {
        return;
    };
    let used = [&[b'+', length], feature.as_bytes()].concat();
    let place = module
        .windows(used.len())
        .rposition(|window| window == used);
    if let Some(mark) = place.and_then(|place| module.get_mut(place)) {
        *mark = b'-';
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
