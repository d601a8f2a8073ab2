//! Which settings from files give way to what is in a higher layer.

use super::super::args::{COMPANIONS, EXHAUSTIVE, SILENCERS};
use super::file::{Layer, Setting};
use super::named_format;

/// Settings that have an effect beside the options that are typed: defaults may be there for options that are not set this time.
pub(super) fn effective(mut settings: Vec<Setting>, typed: &[&str]) -> Vec<Setting> {
    let is_set = |settings: &[Setting], id: &str| {
        typed.contains(&id) || settings.iter().any(|setting| setting.id == id && setting.is_on())
    };
    let (all, others) = EXHAUSTIVE;
    let is_typed = |ids: &[&str]| ids.iter().any(|id| typed.contains(id));
    if all.iter().all(|id| is_set(&settings, id)) && (is_typed(all) || is_typed(others)) {
        let among = |setting: &Setting, ids: &[&str]| ids.contains(&setting.id.as_str());
        let of_files = settings.iter().filter(|s| among(s, others) && s.is_on()).map(|s| s.layer);
        let highest = is_typed(others).then_some(Layer::Typed).or(of_files.max());
        let is_lower = |setting: &Setting| among(setting, all) && Some(setting.layer) < highest;
        match settings.iter().any(is_lower) {
            true => settings.retain(|setting| !is_lower(setting)),
            false => settings.retain(|setting| !among(setting, others)),
        }
    }
    let lonely: Vec<&str> = COMPANIONS
        .iter()
        .filter(|(_, companions)| !companions.iter().any(|id| is_set(&settings, id)))
        .map(|(id, _)| *id)
        .collect();
    settings.retain(|setting| !lonely.contains(&setting.id.as_str()));
    settings
}

/// Options of files with those in higher layers that they would leave without effect. How large text is asks for none, and
/// what is to be left out for nothing.
pub(super) fn silenced(settings: &[Setting], typed: &[&str]) -> Vec<Vec<&'static str>> {
    let layer = |id: &str| match typed.contains(&id) {
        true => Some(Layer::Typed),
        false => settings.iter().find(|s| s.id == id && s.is_on()).map(|setting| setting.layer),
    };
    let silences = |id: &str, value: Option<&str>| {
        let has = |s: &Setting| value.is_none_or(|value| s.values.iter().any(|v| v == value));
        settings.iter().any(|s| s.id == id && s.is_on() && has(s))
    };
    let silencers = SILENCERS.iter().filter(|(id, value, _)| silences(id, *value));
    let pairs = silencers.flat_map(|(by, _, idle)| idle.iter().map(move |id| (*by, *id)));
    let asks = |id: &str| !id.ends_with("font_size") && !id.starts_with("no_");
    let pairs = pairs.filter(|(by, id)| layer(by) < layer(id) && asks(id));
    pairs.map(|(by, id)| vec![by, id]).collect()
}

/// Which of the options that contradict each other gives way: one of the lowest layer, if they are in several.
pub(super) fn yielding(
    settings: &[Setting],
    typed: &[&str],
    between: &[&'static str],
) -> Option<&'static str> {
    let tells_format = |setting: &Setting| {
        setting.id != "output" || setting.values.iter().any(|name| named_format(name).is_some())
    };
    let layer = |id: &str| match typed.contains(&id) {
        // A typed name that tells a format stands among what is typed as that.
        true => (id != "output").then_some(Layer::Typed),
        false => {
            let mut found = settings.iter().filter(|setting| setting.id == id);
            found.find(|setting| tells_format(setting)).map(|setting| setting.layer)
        }
    };
    let placed = between.iter().filter_map(|id| Some((layer(id)?, *id)));
    let highest = placed.clone().map(|(layer, _)| layer).max()?;
    // A figure is never written elsewhere than was asked for.
    let lower = placed.filter(|(layer, id)| *layer < highest && *id != "output");
    lower.min_by_key(|(layer, _)| *layer).map(|(_, id)| id)
}
