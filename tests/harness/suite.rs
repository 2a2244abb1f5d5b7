//! The list of tests, and what becomes of one that this machine cannot run.

use std::any::Any;
use std::panic;

use libtest_mimic::{Completion, Trial};

/// Why a test cannot run; it unwinds with this.
struct Unable(String);

/// Ends the test that calls it. The test counts as ignored, for this reason.
pub fn ignore(reason: impl Into<String>) -> ! {
    panic::resume_unwind(Box::new(Unable(reason.into())))
}

/// A test named by its module and function.
pub fn trial(module: &str, name: &str, test: fn()) -> Trial {
    let module = module.split_once("::").map_or(module, |(_, below)| below);
    Trial::ignorable_test(
        format!("{module}::{name}"),
        move || match panic::catch_unwind(test) {
            Ok(()) => Ok(Completion::Completed),
            Err(payload) => Ok(Completion::ignored_with(reason(payload))),
        },
    )
}

fn reason(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<Unable>() {
        Ok(unable) => unable.0,
        Err(failure) => panic::resume_unwind(failure),
    }
}

/// Lists the tests of a module and of the modules in it. The compiler warns of a test that no list
/// has, since nobody calls it.
macro_rules! tests {
    ($([$($module:ident),+])? $($name:ident),* $(,)?) => {
        /// The tests of this module.
        pub fn tests() -> Vec<libtest_mimic::Trial> {
            let own = vec![
                $($crate::harness::suite::trial(module_path!(), stringify!($name), $name)),*
            ];
            let below: Vec<Vec<libtest_mimic::Trial>> = vec![$($($module::tests()),+)?];
            own.into_iter().chain(below.into_iter().flatten()).collect()
        }
    };
}
