//! The macros have no features: cargo builds them once, with the features that anyone in the build asks for, and what they write has to fit
//! each library that it is written for.

use std::path::Path;

#[test]
fn the_macros_have_no_features() {
    for package in ["retry-macros", "retry-macros-impl"] {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(package)
            .join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        assert!(manifest.contains(&format!("name = \"{package}\"")));
        // An optional dependency is a feature, too.
        for line in manifest.lines() {
            assert!(!line.starts_with("[features]"), "{package}: {line}");
            assert!(!line.contains("optional = true"), "{package}: {line}");
        }
    }
}
