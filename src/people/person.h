#pragma once
/* Shared by the files of this room: persons and duties. */
#include "people/people.h"

enum { DUTY_LIAISON_A, DUTY_LIAISON_B, DUTY_CHIEF, DUTY_DEPUTY, DUTY_OTHER };
extern const char *const duty_kinds[], *const duty_kinds_zh[];        /* in that order, NULL-terminated */
bool person_check_phone(struct span phone, struct err *err);
bool person_check_mail(struct span mail, struct err *err);
bool duty_check_dates(struct span from, struct span to, struct err *err);
