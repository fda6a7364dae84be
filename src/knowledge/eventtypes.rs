//! `eventtypes.conf`: named searches over events.

use super::conf::Conf;
use crate::source::Located;
use crate::value::Name;
use indexmap::IndexMap;

/// The searches of the enabled eventtypes, by name.
pub type Eventtypes = IndexMap<Name, Located>;

/// Reads the stanzas; `disabled = 1` switches one off, and one without `search` matches nothing.
pub(super) fn read(conf: &Conf) -> Eventtypes {
    conf.stanzas
        .iter()
        .filter(|(_, stanza)| stanza.flag("disabled") != Some(true))
        .filter_map(|(name, stanza)| Some((name.clone(), stanza.setting("search")?.value.clone())))
        .collect()
}
