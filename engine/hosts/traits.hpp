// Named bits of a host: what a vector can require of a target. 16 bits a host.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace annelid {

using Traits = std::uint16_t;

/// Bit i of Traits is trait_names[i]; `annelid list populations` prints what they mean.
inline constexpr std::array<std::string_view, 8> trait_names = {
    "windows_7",  // Windows 7 or Server 2008 R2
    "unpatched",  // lacks the update that closes the worm's hole; patching removes it
    "exposed",    // its service can be reached from the Internet
    "home",       // behind a household's router
    "outbound",   // can itself reach that service of others over the Internet
    // Roles; a host that has none is a workstation.
    "server",
    "domain_controller",  // knows every host of its domain; a server too where there is one
    "administrator",      // the workstation of an administrator
};

inline constexpr Traits trait_windows_7 = 1;
inline constexpr Traits trait_unpatched = 2;
inline constexpr Traits trait_exposed = 4;
inline constexpr Traits trait_home = 8;
inline constexpr Traits trait_outbound = 16;
inline constexpr Traits trait_server = 32;
inline constexpr Traits trait_domain_controller = 64;
inline constexpr Traits trait_administrator = 128;
inline constexpr Traits role_traits = trait_server | trait_domain_controller | trait_administrator;
/// What a host of a world without differences carries: everything but a role.
inline constexpr Traits all_traits = 0xffff & ~role_traits;

/// The bit of a name; nothing if there is no such trait.
inline std::optional<Traits> trait_bit(std::string_view name) {
    for (std::size_t i = 0; i < trait_names.size(); ++i) {
        if (trait_names[i] == name) {
            return static_cast<Traits>(1u << i);
        }
    }
    return std::nullopt;
}

/// The mask of a list of names; names that are no traits are left out (scenarios check them).
inline Traits trait_mask(const std::vector<std::string>& names) {
    Traits mask = 0;
    for (const std::string& name : names) {
        mask = static_cast<Traits>(mask | trait_bit(name).value_or(0));
    }
    return mask;
}

inline bool carries(Traits traits, Traits required) {
    return (traits & required) == required;
}

}  // namespace annelid
