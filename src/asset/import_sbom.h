#pragma once
/* Shared by the two files that read lists of components. */
#include "asset/import.h"

struct sbom {
	const struct import_sbom *into;
	struct import_file *f;
	VEC(struct import_software) software;
	struct span subject;                     /* what the list describes */
	size_t components;                       /* also those that are no software */
	size_t subjects;                         /* of them, those that stand for the subject itself */
	bool vulnerabilities, services;
};

/* What one component says; {NULL,0} where it says nothing. */
struct sbom_words {
	struct span type, name, vendor, version, purl, cpe;
	uint64_t line;
};

void sbom_component(struct sbom *s, const struct sbom_words *said);
NODISCARD bool sbom_version(struct span version, struct err *err);
NODISCARD bool sbom_read_xml(struct sbom *s, struct span bytes, struct err *err);
