"""Names that no training text may hold (detector/exclusions.py): do all cultures fare alike?"""

NAMES = {
    "chinese": "Xiaoyang Zhiheng Qiaoling Weiguang Ouyangming Baozhen Jinhua Shuying Guanyu Tianqi",
    "korean": "Hyunwoo Seungmin Yeonjoo Gwangsik Eunhye Dalsoo Taeyang Boksoon Namgoong Kyeongja",
    "japanese": "Tatsuya Sachiko Yamashiro Kobayakawa Nanami Shinichiro Matsunaga Fujikura Etsuko Hayato",
    "vietnamese": "Thuong Nghia Khuyen Trieu Hoang-Oanh Diep Quach Nhuan Luong Thach",
    "south_asian": "Yashwant Bhavani Thirumalai Devendra Gurdeep Nandita Rajashekar Sukhwinder Jayalakshmi",
    "arabic_persian": "Abdelkader Mouna Tawfiq Shahrzad Zubaida Haidari Khorshid Boutros Maysoon Ardeshir",
    "african": "Ikechukwu Nokuthula Oyelaran Mbaye Wangui Gebremedhin Chukwuemeka Makhosi Abdirahman Ndlovu",
    "pacific_native": "Kekoa Tuiasosopo Leimomi Waipuka Sefina Ahiga Yazzie Tsosie Kamakau Lagimaina",
    "slavic": "Wojciechowska Zdravko Miroslava Kuznetsova Bohdan Svetlana Hryhoriy Jelisaveta Vesna",
    "european": "Gudrun Sigurdsson Eoghan Caoimhe Vanderhoeven Lindqvist Papadakis Ximena Fernandes Zuleyka",
}
