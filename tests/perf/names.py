"""Names for made-up customers, about as often as they are met in Korea, and what people put before the @ of an address."""

_PER_THOUSAND = """
김 215 이 147 박 84 최 47 정 43 강 24 조 21 윤 20 장 20 임 17 한 15 오 15 서 15 신 15 권 14 황 14 안 14 송
14 류 13 전 11 홍 11 고 9 문 9 양 9 손 9 배 8 백 8 허 6 유 6 남 5 심 5 노 5 하 5 곽 4 성 4 차 4 주 4 우 4 구 4
민 3 나 3 진 3 지 3 엄 3 채 2 원 2 천 2 방 2 공 2 현 2 함 2 변 2 염 2 여 2 추 2 도 2 소 2 석 1 설 1 마 1 길 1 연
1 위 1 표 1 명 1 기 1 반 1 왕 1 금 1 옥 1 맹 1 제 1 모 1 남궁 1 황보 1 제갈 1 선우 1
"""
"""Family names, each with how many of a thousand people have it, at least one."""

_GIVEN = """
민준 서준 도윤 예준 시우 하준 주원 지호 지후 준우 준서 건우 현우 우진 지훈 선우 서진 유준 연우 은우 민재 현준 시윤 정우 이준 승우
윤우 지우 지환 승현 준혁 유찬 민우 수호 시후 진우 승민 지원 수현 재윤 시현 동현 태윤 준영 재원 민성 한결 성민 재현 승준 규민 도현
윤호 지안 태민 민호 승호 이안 예성 도훈 재민 성현 지성 로운 하율 은찬 태현 민규 정민 경민 상현 영호 영수 영철 성호 성진 정훈 상훈
진호 재호 동훈 동욱 병철 병호 광수 종수 종현 철수 기철 용수 용호 태호 태영 창민 창호 인호 인수 경수 경호 상우 상민 원석 원준 형준
형우 찬우 찬호 해준 한솔 한별 새롬 가온 라온 서연 서윤 지유 서현 하은 하윤 민서 윤서 채원 수아 지아 지윤 다은 은서 예은 소율 예린
수빈 소윤 예원 유나 시은 채은 윤아 유진 가은 서영 민지 예나 연서 아인 다인 수연 하린 서아 나은 예서 연주 시아 나윤 현서 예진 유빈
서우 채윤 은채 지민 소연 다연 하연 유주 다현 지현 주아 주하 세아 아린 보미 보람 미영 미경 미숙 미란 영희 영숙 영미 영란 정숙 정희
정미 정아 순자 순희 순옥 명숙 명희 경희 경숙 경미 은영 은정 은주 은희 은경 혜진 혜정 혜영 혜숙 혜원 혜린 수진 수정 수경 수미 지영
지은 지혜 지선 지숙 현정 현주 현숙 현아 선영 선희 선미 선주 진희 진아 진주 윤정 윤희 윤지 윤경 미진 미선 미정 소영 소희 소정 아름
슬기 나래 하늘 가람 다솜 단비 초롱 이슬 우리 나라 누리 바다 솔 별 빈 찬 준 훈 민 진 현 결 윤 율 설 봄 건 혁 욱 철 호 환 석
식 영 은 희 린 아라 예지 예슬 예림 채린 채연 채아 규리 규빈 나연 나영 리아 리안 로아 라희 서희 세은 세연 세진 세영 승아 승희 승연
시연 시온 아영 아현 여진 연지 연희 유라 유미 유정 이나 이서 인아 인영 재아 재희 주연 주희 주은 지수 태희 태린 하나 하진 해인 해나
효주 효진 효린 효정 희진 희수 희원
"""

_HANDLES = """
minjun seojun doyun yejun siwoo hajun juwon jiho jihoo junwoo junseo gunwoo hyunwoo woojin jihun sunwoo seojin
yujun yeonwoo eunwoo minjae hyunjun siyun jungwoo seungwoo jiwoo seungmin jiwon suhyun jaeyun donghyun taeyun
minsung hangyul sungmin jaehyun kyumin dohyun minho seungho jaemin jisung taemin jungmin kyungmin sanghyun
youngho sungho junghun dongwook taeho inho changho hyungjun chanwoo hansol seoyeon seoyun jiyu seohyun haeun
hayun minseo yunseo chaewon sua jia jiyun daeun eunseo yeeun soyul yerin subin soyun yewon yuna sieun chaeeun
gaeun seoyoung minji yena suyeon harin seoa naeun yeseo nayun hyunseo yejin yubin eunchae jimin soyeon dayeon
jihyun bomi boram miyoung mikyung younghee jungsook eunyoung eunjung hyejin hyejung sujin sujung jiyoung jieun
jihye hyunjung sunyoung jinhee yunjung sohee areum seulgi haneul dasom danbi yeji yeseul chaerin nayeon seyeon
arin juyeon jisoo taehee hana hyojin hyorin heejin kim.mj lee.sy park.jh choi.yj jung.hw kang.dh cho.ey yoon.sk
jang.hj lim.js han.ys oh.mk seo.jw shin.ha kwon.th hwang.sm ahn.yr song.ik ryu.bh hong.gd moon.light blue.sky
green.tea happy.day good.luck sun.flower milk.tea coffee.cat puppy.love apple.pie snow.white river.side
mountain.boy hello.korea lucky.seven red.bean peach.jam tiger.lee dragon.k bear.park fox.trot rabbit.run
"""

_words = _PER_THOUSAND.split()
FAMILY = tuple(name for name, often in zip(_words[::2], _words[1::2], strict=True) for _ in range(int(often)))
"""Each as often as people have it."""
GIVEN = tuple(_GIVEN.split())
HANDLES = tuple(_HANDLES.split())
FOREIGN = (
    "Grace Kim",
    "Daniel Park",
    "Emma Wilson",
    "James Lee",
    "Nguyen Thi Lan",
    "Tran Van Minh",
    "Wang Wei",
    "Li Na",
    "Zhang Wei",
    "Tanaka Yuki",
    "Sato Haruka",
    "Olivia Brown",
    "Noah Smith",
    "Anna Kowalska",
    "Marie Dubois",
    "José García",
    "Priya Sharma",
    "Somchai Saetang",
    "Maria Santos",
    "Chen Jing",
)
"""Whole names of people from elsewhere."""
