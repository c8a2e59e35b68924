/*
 * The commit is only what the build was told:
 *
 *   swift build -Xcc -DSAVIC_EOI_COMMIT="$(git rev-parse HEAD)"
 *
 * and that compiles everything, since SwiftPM gives the option to every module. So
 * hosttests/kvm-amd/static compiles this file alone a second time, and links it in place of the
 * one without a commit. SwiftPM's own Context.gitInformation is of no use: the evaluated manifest
 * is kept until its text or the environment changes, so it goes on to name an earlier commit (Swift
 * 6.3.1). A program that says nothing is better for the reader of a bug report than one that errs.
 */
#include "build_record.h"

#ifdef SAVIC_EOI_COMMIT
/* Without quotation marks in the option, which shells and SwiftPM would have to carry here. */
#define TEXT_OF(words) #words
#define TEXT(macro) TEXT_OF(macro)
static const char commit[] = TEXT(SAVIC_EOI_COMMIT);
#else
static const char commit[] = "";
#endif

unsigned char build_record_commit_byte(unsigned int place)
{
    return place < sizeof(commit) ? (unsigned char)commit[place] : 0;
}
