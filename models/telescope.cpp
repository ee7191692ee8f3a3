#include "models/telescope.hpp"

namespace annelid {

Fields TelescopeSettings::fields() {
    Field prefix_field{"prefix", &prefix, Unit::none,
                       "length of its prefix: 2^(32 - prefix) unused addresses, of which it sees "
                       "every scan"};
    prefix_field.source = "assumption; sweep 8 to 24";
    prefix_field.min = 1;
    prefix_field.max = 32;
    return {prefix_field,
            Field{"worm", &worm, Unit::none, "the only worm that it looks for; empty: all"},
            Field{"vectors", &vectors, Unit::none,
                  "vectors that it looks for; empty: all that probe random addresses of the "
                  "Internet"}};
}

}  // namespace annelid
