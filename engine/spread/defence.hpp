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
    /// False where it makes hosts inert only of another worm.
    bool is_against(const std::string& worm) const { return worm_.empty() || worm == worm_; }
    /// True if patched_at() is ever before `never`: then the engine counts patched hosts.
    virtual bool patches() const { return false; }
    virtual std::unique_ptr<DefenceProcess> start(Seed seed) const = 0;

  protected:
    /// `worm`: the only one that it is against; empty: all are.
    explicit DefenceModel(std::string name, std::string worm = {})
        : name_(std::move(name)), worm_(std::move(worm)) {}

  private:
    std::string name_;
    std::string worm_;
};

}  // namespace annelid
