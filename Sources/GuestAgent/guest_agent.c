/* Where the agents' images lie in this program. Swift cannot import arrays without a bound. */
#include "guest_agent.h"

extern const char guest_agent_plain_begin[], guest_agent_plain_end[];
extern const char guest_agent_plain_entry[], guest_agent_plain_stubs[];
extern const char guest_agent_plain_commands[];

extern const char guest_agent_secure_begin[], guest_agent_secure_end[];
extern const char guest_agent_secure_entry[], guest_agent_secure_stubs[];
extern const char guest_agent_secure_commands[];
extern const uint32_t guest_agent_secure_sites[], guest_agent_secure_sites_end[];

struct guest_agent guest_agent_plain(void)
{
    return (struct guest_agent){
        .bytes = guest_agent_plain_begin,
        .length = (size_t)(guest_agent_plain_end - guest_agent_plain_begin),
        .entry = (size_t)(guest_agent_plain_entry - guest_agent_plain_begin),
        .stubs = (size_t)(guest_agent_plain_stubs - guest_agent_plain_begin),
        .commands = (size_t)(guest_agent_plain_commands - guest_agent_plain_begin),
    };
}

struct guest_agent guest_agent_secure(void)
{
    return (struct guest_agent){
        .bytes = guest_agent_secure_begin,
        .length = (size_t)(guest_agent_secure_end - guest_agent_secure_begin),
        .entry = (size_t)(guest_agent_secure_entry - guest_agent_secure_begin),
        .stubs = (size_t)(guest_agent_secure_stubs - guest_agent_secure_begin),
        .commands = (size_t)(guest_agent_secure_commands - guest_agent_secure_begin),
        .sites = guest_agent_secure_sites,
        .site_count = (size_t)(guest_agent_secure_sites_end - guest_agent_secure_sites),
    };
}
