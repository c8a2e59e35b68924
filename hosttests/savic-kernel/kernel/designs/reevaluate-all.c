// SPDX-License-Identifier: GPL-2.0-only
/* Not knowing which vector was ended: all that are noted are completed. */
#include "../../lapic.h"
#include "../savic.h"

static enum savic_answer reevaluate_all_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
{
	u32 noted[SAVIC_WORDS];
	int word;

	if (!eoi->is_write || eoi->data)
		return SAVIC_GP;
	/* A copy: what a line's re-service makes pending is noted anew, by a later injection. */
	for (word = 0; word < SAVIC_WORDS; word++)
		noted[word] = *savic_word(vcpu, APIC_ISR, word);
	for (word = SAVIC_WORDS - 1; word >= 0; word--) {
		while (noted[word]) {
			int bit = __fls(noted[word]);

			noted[word] &= ~BIT(bit);
			savic_clear(vcpu, APIC_ISR, word * 32 + bit);
			savic_complete(vcpu, word * 32 + bit, true);
		}
	}
	return SAVIC_DONE;
}

const struct savic_design savic_reevaluate_all = {
	.name = "reevaluate-all",
	.end = reevaluate_all_end,
	.forgets_on_reset = true,
};
