//! Formulas are read, set in the text face, and mistakes in them found.

use super::*;
use crate::draw::text::{FaceId, RichText};

fn set_label(label: &str) -> TypesetText {
    let fonts = Fonts::of_thread(None).expect("fonts");
    let text = RichText::parse(label).unwrap_or_else(|e| panic!("{e}"));
    fonts.typeset(&text, 10.0).expect("text is set")
}

fn shown(text: &TypesetText) -> String {
    text.runs.iter().map(|run| run.text.as_str()).collect()
}

#[test]
fn letters_are_those_of_the_text_face_and_plain_characters() {
    let text = set_label(r"$T_\mathrm{CMB} = 2.725\,\mu\mathrm{K}$");
    assert_eq!(shown(&text), "TCMB=2.725\u{b5}K");
    for run in &text.runs {
        assert!(matches!(run.font.face, FaceId::Regular | FaceId::Italic), "{run:?}");
    }
    assert_eq!(text.runs[0].font.face, FaceId::Italic);
    assert!(text.runs[1].drop > 1.0 && text.runs[1].size < 8.0, "{:?}", text.runs[1]);
}

#[test]
fn everything_that_labels_use_is_set() {
    for label in [
        r"$\mu$",
        r"$\rm \mu K_{CMB}$",
        r"${\rm MJy\,sr^{-1}}$",
        r"$\sqrt{Q^2+U^2}$",
        r"$\sqrt[3]{x}$",
        r"$\frac{\Delta T}{T}$",
        r"$\ell(\ell+1)C_\ell/2\pi$",
        r"$\left(\frac{\nu}{\nu_0}\right)^{\beta}$",
        r"$10^{-3}\,\mathrm{erg\,s^{-1}\,cm^{-2}}$",
        r"$\langle T \rangle \pm \sigma_T$",
        r"$\hat{n}, \vec{v}, \bar{x}, \tilde{y}, \dot{z}$",
        r"$\sum_{i=0}^{n} a_i$",
        r"$\int f\,d\Omega$",
        r"$M_\odot\,\mathrm{pc}^{-2}$",
        r"$\mathcal{L}, \mathbb{R}, \mathfrak{g}, \mathscr{P}$",
        r"$\log_{10}(\rho)$",
        r"$\text{dust at } 353\ \text{GHz}$",
        r"$\mbox{K}\,\mathregular{km}\,\AA\,5^\circ\,\SI{3}{mm}$",
        r"$\boldsymbol{\nabla}\times\mathbf{B}\neq 0$",
        r"$\operatorname{arcsinh} x \approx x \lesssim y \propto z$",
        r"$\overline{ab}\underline{cd}\overbrace{ef}$",
        r"$\begin{matrix} a & b \\ c & d \end{matrix}$",
        r"$I'_\nu \in \{1, 2\} \to \infty$",
        r"$\dfrac{a}{b}\,\binom{n}{k}$",
    ] {
        let text = set_label(label);
        assert!(!text.runs.is_empty() && text.advance > 0.0, "{label}");
        assert!(!shown(&text).contains(char::REPLACEMENT_CHARACTER), "{label}: {}", shown(&text));
        assert!(text.runs.iter().all(|run| run.glyphs.iter().all(|g| g.number != 0)), "{label}");
        let ink = text.ink;
        assert!(ink.x > -3.0 && ink.right() < text.advance + 3.0, "{label}: {ink:?}");
    }
}

#[test]
fn fractions_have_a_bar_and_stretch_their_parentheses() {
    let text = set_label(r"$\left(\frac{a}{b}\right)$");
    assert_eq!(text.shapes.len(), 1);
    assert!(
        text.runs
            .iter()
            .any(|run| run.font.face == FaceId::Size1 || run.font.face == FaceId::Size2)
    );
}

#[test]
fn names_of_operators_stand_on_the_baseline_and_are_set_as_words() {
    for label in [
        r"$x \sin x \exp x \min x \log x \gcd x$",
        r"$x \operatorname{sinc} x \operatorname{arg-max} x$",
        r"$\mathop{lag} x \max\nolimits x$",
    ] {
        let drops: Vec<f64> = set_label(label).runs.iter().map(|run| run.drop).collect();
        assert!(drops.iter().all(|drop| drop.abs() < 1e-9), "{label}: {drops:?}");
    }
    let name = |label: &str| set_label(label).advance;
    let plain = name(r"$\mathrm{sinc}$");
    assert!((name(r"$\operatorname{sinc}$") - plain).abs() < 1e-9);
    assert!(set_label(r"$\displaystyle\operatorname*{max}_x$").depth() > 4.0);
}

#[test]
fn hostile_sources_do_no_harm() {
    for source in [
        "",
        "{",
        "}",
        "\\",
        "^",
        "_",
        "&",
        "#",
        "%",
        "~",
        "\u{0}",
        "\\frac",
        "\\left(",
        "中",
        "é",
        "\\def\\a{\\a}\\a",
    ] {
        let _ = check(source);
    }
    let deep = format!("{}x{}", "{".repeat(3000), "}".repeat(3000));
    let _ = check(&deep);
    let _ = check(&"\\sqrt".repeat(1000));
}
