/* Where the agent's image lies in this program. Swift cannot import arrays without a bound. */
#include "guest_agent.h"

extern const char guest_agent_plain_begin[], guest_agent_plain_end[];
extern const char guest_agent_plain_entry[], guest_agent_plain_stubs[];

struct guest_agent guest_agent_plain(void)
{
    return (struct guest_agent){
        .bytes = guest_agent_plain_begin,
        .length = (size_t)(guest_agent_plain_end - guest_agent_plain_begin),
        .entry = (size_t)(guest_agent_plain_entry - guest_agent_plain_begin),
        .stubs = (size_t)(guest_agent_plain_stubs - guest_agent_plain_begin),
    };
}
