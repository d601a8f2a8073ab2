//! Units as files and people spell them.

use super::*;

/// The text with subscripts as `_{..}` and superscripts as `^{..}`.
fn marked(text: &RichText) -> String {
    let run = |run: &crate::draw::Run| match run.script {
        Script::Normal => run.text.clone(),
        Script::Sub => format!("_{{{}}}", run.text),
        Script::Super => format!("^{{{}}}", run.text),
    };
    text.runs.iter().map(run).collect()
}

#[test]
fn units_are_typeset_as_people_write_them() {
    for (spelling, shown) in [
        ("uK_CMB", "µK_{CMB}"),
        ("K_CMB", "K_{CMB}"),
        ("Kcmb", "K_{CMB}"),
        ("uKCMB", "µK_{CMB}"),
        ("K_{RJ}", "K_{RJ}"),
        ("uK RJ", "µK_{RJ}"),
        ("K_CMB^2", "K_{CMB}^{2}"),
        ("MJy/sr", "MJy/sr"),
        ("MJy sr-1", "MJy sr^{−1}"),
        ("cm^-2", "cm^{−2}"),
        ("cm-2", "cm^{−2}"),
        ("cm**(-2)", "cm^{−2}"),
        ("cm^{-2}", "cm^{−2}"),
        ("sr-1", "sr^{−1}"),
        ("1/sr", "1/sr"),
        ("mK", "mK"),
        ("deg^2", "deg^{2}"),
        ("deg2", "deg^{2}"),
        ("counts", "counts"),
        ("erg s-1 cm-2", "erg s^{−1} cm^{−2}"),
        ("erg.s-1.cm-2", "erg·s^{−1}·cm^{−2}"),
        ("W/(m^2 sr)", "W/(m^{2} sr)"),
        ("10^-26 W m^-2", "10^{−26} W m^{−2}"),
        ("uJy/beam", "µJy/beam"),
        ("K^(1/2)", "K^{1/2}"),
        ("µK", "µK"),
        ("\u{3bc}K", "µK"),
        ("muK_RJ", "µK_{RJ}"),
        ("Kelvin", "K"),
        ("M_sun", "M_{\u{2609}}"),
        ("Msun/yr", "M_{\u{2609}}/yr"),
        ("L_{sun} pc^-2", "L_{\u{2609}} pc^{−2}"),
        ("R", "R"),
        ("K_RJ^0.5", "K_{RJ}^{0.5}"),
        ("K^-1.5.s", "K^{−1.5}·s"),
        ("m^2.s", "m^{2}·s"),
        ("log10(K)", "log_{10}(K)"),
        ("log10 (M_sun)", "log_{10} (M_{\u{2609}})"),
        ("ln(Jy/sr)", "ln(Jy/sr)"),
        ("micron", "µm"),
        ("1e-6 K", "10^{−6} K"),
        ("2.5e3 counts", "2.5×10^{3} counts"),
        ("1e+06 s^-1", "10^{6} s^{−1}"),
    ] {
        assert_eq!(marked(Unit::parse(spelling).text()), shown, "{spelling}");
    }
}

#[test]
fn unknown_spellings_stay_as_they_are() {
    for spelling in [
        "unknown",
        "log10(furlong)",
        "M_suns",
        "1e",
        "1e-",
        "2.5 K",
        "K^^2",
        "uK_",
        "furlong^-2",
        "K-",
        "e-/s",
        "100*x",
        "°",
        "uX",
        "%",
    ] {
        assert_eq!(marked(Unit::parse(spelling).text()), spelling);
    }
    assert!(Unit::parse("  ").is_blank());
}

#[test]
fn prefixes_step_by_thousands() {
    let scaled = |spelling: &str, power| Unit::parse(spelling).scaled(power).map(|t| marked(&t));
    assert_eq!(scaled("K_CMB", -6).as_deref(), Some("µK_{CMB}"));
    assert_eq!(scaled("uK_CMB", 3).as_deref(), Some("mK_{CMB}"));
    assert_eq!(scaled("Jy/sr", 6).as_deref(), Some("MJy/sr"));
    assert_eq!(scaled("K", 3), None, "kilokelvins are not in use");
    assert_eq!(scaled("K^2", -6), None);
    assert_eq!(scaled("cm", 3), None);
    assert_eq!(scaled("counts", 3), None);
}

#[test]
fn arbitrary_bytes_do_no_harm() {
    for spelling in ["_", "^", "^{", "K_{", "K^(", "10", "10^", "1", "/", "中^2", "K\u{301}"] {
        let _ = Unit::parse(spelling);
    }
}
