"""What people call the built-in fields in the headers of their files, in Korean and English (R22)."""

from collections.abc import Mapping


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "memberId": _listed(
        "회원번호, 회원 아이디, 회원 ID, 회원 코드, 회원 No, 회원 고유번호, 회원 식별자, 회원키, 멤버 아이디, "
        "멤버 ID, 멤버 번호, member no, member number, member code, membership no, 고객번호, 고객 아이디, 고객 ID, "
        "고객 코드, 고객 No, 고객 고유번호, customer id, customer no, customer number, customer code, client id, "
        "유저 아이디, 유저 ID, 사용자 아이디, 사용자 ID, 사용자 번호, user id, user no, user number, 아이디, uid"
    ),
    "profile.name": _listed(
        "이름, 성명, 성함, 고객명, 고객 이름, 고객 성명, 고객 성함, 회원명, 회원 이름, 회원 성명, 사용자명, "
        "사용자 이름, 유저명, 유저 이름, 이름(성명), 성명(이름), full name, customer name, member name, "
        "client name, contact name, name (full)"
    ),
    "profile.email": _listed(
        "이메일, 이메일 주소, 고객 이메일, 회원 이메일, 고객 이메일 주소, 회원 이메일 주소, 전자우편, "
        "전자우편 주소, 전자메일, 전자메일 주소, e메일, e메일 주소, E-mail 주소, 메일, 메일 주소, email address, "
        "e-mail address, customer email, member email, user email, contact email, mail, mail address"
    ),
    "profile.mobileNumber": _listed(
        "휴대폰 번호, 휴대전화 번호, 핸드폰 번호, 휴대폰, 휴대전화, 핸드폰, 핸폰, 휴대 번호, 모바일, 모바일 번호, "
        "모바일 전화, 무선전화, 고객 휴대폰, 고객 휴대폰 번호, 고객 휴대전화, 고객 핸드폰, 고객 휴대전화 번호, "
        "고객 핸드폰 번호, 회원 휴대폰, 회원 휴대폰 번호, 회원 휴대전화, 회원 핸드폰, 휴대폰 No, HP, H.P, HP 번호, "
        "mobile, mobile no, mobile phone, mobile phone number, mobile tel, cell phone, cell phone number, cell, "
        "cell number, cellular, cellular phone, 고객 연락처, 회원 연락처, 연락처, 연락처 번호"
    ),
    "profile.landlineNumber": _listed(
        "유선 번호, 유선전화, 유선전화 번호, 유선, 일반전화, 일반전화 번호, 집전화, 집전화 번호, 집 전화번호, "
        "자택전화, 자택 전화번호, 사무실 전화, 사무실 전화번호, 회사 전화, 회사 전화번호, 직장 전화, "
        "직장 전화번호, landline, landline no, landline phone, home phone, home phone number, office phone, "
        "office phone number, work phone, work phone number"
    ),
    "profile.description": _listed(
        "설명, 고객 설명, 메모, 고객 메모, 회원 메모, 상담 메모, 비고, 특이사항, 참고사항, 노트, memo, note, "
        "notes, remark, remarks, comment, comments"
    ),
    "profile.lastCheckoutCompletedAt": _listed(
        "마지막 구매 일시, 마지막 구매일시, 마지막 구매일, 마지막 구매일자, 마지막 구매 날짜, 최근 구매일시, "
        "최근 구매일, 최근 구매일자, 최근 구매 날짜, 최종 구매일시, 최종 구매일, 최종 구매일자, 마지막 주문일시, "
        "마지막 주문일, 최근 주문일시, 최근 주문일, 최종 주문일, 마지막 결제일시, 마지막 결제일, 최근 결제일시, "
        "최근 결제일, 최종 결제일, last checkout, last checkout date, last checkout at, last purchase, "
        "last purchase date, last purchased at, last order, last order date, last ordered at, last payment date"
    ),
    "tags": _listed("태그, 고객 태그, 회원 태그, tag, customer tag, customer tags, member tag, member tags"),
    "unsubscribeEmail": _listed(
        "이메일 수신 거부, 이메일 수신거부 여부, 이메일 거부, 메일 수신거부, 메일 수신거부 여부, "
        "이메일 광고 수신거부, 이메일 마케팅 수신거부, 광고 이메일 수신거부, 수신거부 이메일, email opt-out, "
        "email opted out, opt-out email, email unsubscribe, email unsubscribed, unsubscribed email, "
        "unsubscribe from email, do not email, no email"
    ),
    "unsubscribeTexting": _listed(
        "문자 수신 거부, 문자 수신거부 여부, 문자 거부, 문자메시지 수신거부, 문자메시지 수신거부 여부, "
        "SMS 수신거부, SMS 수신거부 여부, SMS 거부, 문자 광고 수신거부, 문자 마케팅 수신거부, 광고 문자 수신거부, "
        "수신거부 문자, 수신거부 SMS, texting opt-out, text opt-out, sms opt-out, sms opted out, opt-out sms, "
        "opt-out texting, sms unsubscribe, sms unsubscribed, text unsubscribe, unsubscribe sms, unsubscribe text, "
        "texting unsubscribed, do not text, no sms"
    ),
}
"""Names that mean one field and no other, the clearest first: of two columns the one that says it better gets it."""

MAYBE: Mapping[str, tuple[str, ...]] = {
    "memberId": _listed("ID, 로그인 아이디, 로그인 ID, login id, 고유번호, external id, user key, account id"),
    "profile.name": _listed("고객, 회원, 닉네임, 별명, nickname, display name, customer, username, user name"),
    "profile.mobileNumber": _listed("전화번호, 전화, phone, phone number, phone no, 고객 전화번호, 회원 전화번호"),
    "profile.landlineNumber": _listed("tel, tel no, telephone, telephone number, 전화번호, 전화, 대표전화, 대표번호"),
    "profile.description": _listed("내용, 상담 내용, details"),
    "tags": _listed("라벨, label, labels, 그룹, group, groups"),
    "unsubscribeEmail": _listed(
        "수신거부, 수신거부 여부, 광고 수신거부, 마케팅 수신거부, unsubscribe, unsubscribed, opt-out"
    ),
    "unsubscribeTexting": _listed(
        "수신거부, 수신거부 여부, 광고 수신거부, 마케팅 수신거부, unsubscribe, unsubscribed, opt-out"
    ),
}
"""Names that often mean a field, but may mean another: only suggested."""

REMARKS = _listed("필수, 필수입력, 필수항목, 선택, 선택입력, required, optional, mandatory")
"""What stands in brackets behind a name and says nothing about what it is."""

CONSENT = _listed("동의, 허용, 희망, 수신여부, optin, optedin, consent, agree, allow, subscribed, subscribe")
"""Parts of names that mean the contrary of an opt-out, however alike they look."""
