#include "models/networks/file.hpp"

namespace annelid {

Fields NetworkFileSettings::fields() {
    Field kind_field{"kind", &kind, Unit::none, "where the links come from"};
    kind_field.choices = {"file"};
    Field file_field{"file", &file, Unit::none, "path, from the scenario's folder or inputs/"};
    file_field.required = true;
    Field format_field{"format", &format, Unit::none, "how the file is written; auto: by its name"};
    format_field.choices = {"auto", "edges", "matrix_market", "metis", "hdf5"};
    return {
        kind_field,
        file_field,
        format_field,
        Field{"directed", &directed, Unit::none, "a line is a link from the first to the second"},
        Field{"weighted", &weighted, Unit::none, "the third column is the weight of the link"},
        Field{"temporal", &temporal, Unit::none,
              "the last two columns are when the link opens and closes, in seconds"}};
}

}  // namespace annelid
