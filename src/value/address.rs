//! IP addresses and blocks of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses in CIDR notation. IPv4 and IPv6 never contain one another, but an IPv4 address written as
/// `::ffff:a.b.c.d` counts as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// First address and mask.
    V4(u32, u32),
    /// First address and mask.
    V6(u128, u128),
}

impl Block {
    /// Reads `10.0.0.0/8` or `2001:db8::/32`. The address need not be the first of the block. `None` for anything else,
    /// a single address included.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || length.len() > 3 || !length.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok()?;
        match address.parse().ok()? {
            IpAddr::V4(address) if length <= 32 => {
                let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
                Some(Self::V4(u32::from(address) & mask, mask))
            }
            IpAddr::V6(address) if length <= 128 => {
                let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
                Some(Self::V6(u128::from(address) & mask, mask))
            }
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }

    /// Whether the block holds the address.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4(first, mask), IpAddr::V4(address)) => u32::from(address) & mask == first,
            (Self::V6(first, mask), IpAddr::V6(address)) => u128::from(address) & mask == first,
            (Self::V4(..), IpAddr::V6(address)) => {
                address.to_ipv4_mapped().is_some_and(|address| self.contains(IpAddr::V4(address)))
            }
            (Self::V6(..), IpAddr::V4(_)) => false,
        }
    }

    /// Whether the block holds the address that the text is; false if the text is none.
    pub fn contains_text(self, text: &str) -> bool {
        parse(text).is_some_and(|address| self.contains(address))
    }
}

/// The address that a text is as a whole.
pub fn parse(text: &str) -> Option<IpAddr> {
    if text.len() > 45 || !text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'.' || b == b':') {
        return None;
    }
    if text.contains(':') {
        text.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    } else {
        text.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_blocks() {
        let rows = [
            ("0.0.0.0/0", "255.1.2.3", true),
            ("10.1.2.3/32", "10.1.2.3", true),
            ("10.1.2.3/24", "10.1.2.77", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("10.0.0.0/8", "host10", false),
            ("::/0", "fe80::1", true),
            ("fe80::/10", "febf::1", true),
            ("fe80::/10", "fec0::1", false),
        ];
        for (block, address, wanted) in rows {
            assert_eq!(
                Block::parse(block).map(|block| block.contains_text(address)),
                Some(wanted),
                "{block} {address}"
            );
        }
        for no_block in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "a/8", "::/129", "10.0.0.0/+8"] {
            assert_eq!(Block::parse(no_block), None, "{no_block}");
        }
    }
}
