// What changes hosts while an outbreak runs. Defences answer questions about one host at one time;
// the engine asks only when it matters, so a defence costs nothing for hosts that nothing reaches.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"

#include <memory>
#include <string>

namespace annelid {

class DefenceProcess {
  public:
    virtual ~DefenceProcess() = default;

    /// When `host` is patched (loses the trait `unpatched`); `never` if it is not. Pure.
    virtual TimeUs patched_at(HostId) const { return never; }

    /// True if a host that would turn infectious at `time` becomes inert instead. Pure.
    virtual bool makes_inert(HostId, std::uint32_t /*ordinal*/, TimeUs /*time*/) const {
        return false;
    }
};

class DefenceModel {
  public:
    virtual ~DefenceModel() = default;

    const std::string& name() const { return name_; }
    /// True if patched_at() is ever before `never`: then the engine counts patched hosts.
    virtual bool patches() const { return false; }
    virtual std::unique_ptr<DefenceProcess> start(Seed seed) const = 0;

  protected:
    explicit DefenceModel(std::string name) : name_(std::move(name)) {}

  private:
    std::string name_;
};

}  // namespace annelid
