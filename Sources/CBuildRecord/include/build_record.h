/*
 * What a build says of itself.
 */
#ifndef BUILD_RECORD_H
#define BUILD_RECORD_H

/*
 * The byte at a place of the commit that the program was built from: the hash, and "-dirty" behind
 * it where files had been changed. 0 behind its end, and at once where the build recorded none.
 * Byte by byte, since the Swift module that asks takes no pointers.
 */
unsigned char build_record_commit_byte(unsigned int place);

#endif
