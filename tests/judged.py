"""Queries as people type them, and the drug that must be among the first three found, of the real national names.

Judged by hand. Each group is one way of typing; the left side of a line is the query.
"""

JUDGED = {
    "a part of the name, one character or more": """
        安宫 安宫牛黄丸
        牛黄丸 安宫牛黄丸
        益母草颗粒 益母草颗粒
        益母 益母丸
        五子 五子衍宗丸
        五子衍宗 五子衍宗丸
        衍宗丸 五子衍宗丸
        他达拉非 他达拉非片
        西地那非 枸橼酸西地那非片
        口崩片 枸橼酸西地那非口崩片
        艾附 艾附暖宫丸
        暖宫 暖宫孕子丸
        金锁 金锁固精丸
        固精丸 金锁固精丸
        小儿感冒茶 小儿感冒茶
        感冒颗粒 小儿感冒颗粒
        小儿止咳糖浆 小儿止咳糖浆
        小儿咳喘灵颗粒 小儿咳喘灵颗粒
        小儿氨酚黄那敏颗粒 小儿氨酚黄那敏颗粒
        氨酚黄那敏片 小儿氨酚黄那敏片
        氨金黄敏 氨金黄敏颗粒
        碳酸钙D3 小儿碳酸钙D3颗粒
        白凤片 妇科白凤片
        白凤 妇科白凤片
        千金片 妇科千金片
        调经 调经丸
        痛经宝 痛经宝颗粒
        缩宫素 缩宫素注射液
        丹红 丹红注射液
        舒血宁 舒血宁注射液
        疏血通 疏血通注射液
        醒脑静 醒脑静注射液
        热毒宁 热毒宁注射液
        喜炎平 喜炎平注射液
        清开灵 清开灵注射液
        川芎嗪 盐酸川芎嗪注射液
        睾丸 睾丸片
        鲜 鲜益母草胶囊
        蹄 蹄甲多肽片
        瓦 瓦松栓
        潮 潮安片
        郑 郑氏女金丹
        嗣 嗣育保胎丸
        椿 椿乳凝胶
        雷珠 雷珠单抗注射液
        度拉糖肽 度拉糖肽注射液
        左炔诺孕酮 左炔诺孕酮片
        屈螺酮 屈螺酮炔雌醇片
        狂犬疫苗 人用狂犬病疫苗(Vero细胞)
        肉毒 注射用A型肉毒毒素
    """,
    "the first letters of the syllables": """
        agnhw 安宫牛黄丸
        ymckl 益母草颗粒
        ymc 益母草片
        wzyz 五子衍宗丸
        tdlf 他达拉非片
        xdnf 枸橼酸西地那非片
        xegmkl 小儿感冒颗粒
        xezktj 小儿止咳糖浆
        xeafhnmkl 小儿氨酚黄那敏颗粒
        xekclkl 小儿咳喘灵颗粒
        fkqj 妇科千金片
        fkqjjn 妇科千金胶囊
        afngw 艾附暖宫丸
        jsgj 金锁固精丸
        dszsy 丹参注射液
        xdzsy 香丹注射液
        qklzsy 清开灵注射液
        shlzsy 双黄连注射液
        gjap 宫颈癌片
        dkw 定坤丸
        xdkdqkl 消旋卡多曲颗粒
        xnjzsy 醒脑静注射液
        sxnzsy 舒血宁注射液
        xstzsy 血塞通注射液
        zqntp 左炔诺孕酮片
        lscxqzsy 磷酸川芎嗪注射液
        fykfp 妇炎康复片
        kgyp 抗宫炎片
        dkd 定坤丹
        XECGTJ 小儿柴桂退热颗粒
    """,
    "whole syllables": """
        angongniuhuangwan 安宫牛黄丸
        angong 安宫牛黄丸
        yimucaokeli 益母草颗粒
        yi mu cao gao 益母草膏
        wuziyanzong 五子衍宗丸
        tadalafei 他达拉非片
        xidinafei 枸橼酸西地那非片
        aifunuangong 艾附暖宫丸
        jinsuogujing 金锁固精丸
        danshenzhusheye 丹参注射液
        shenqifuzheng 参芪扶正注射液
        shengmai 生脉注射液
        chuanxiongqin 盐酸川芎嗪注射液
        xiaoerchiqiao 小儿豉翘清热颗粒
        xiaoerguangpo 小儿广朴止泻口服液
        guangpozhixie 小儿广朴止泻口服液
        chongzurengan 重组人干扰素α2a栓
        zhongchanglian 中/长链脂肪乳注射液(C6-24)
        quenuotong 炔诺酮片
        juyuansuanxidi 枸橼酸西地那非片
        gouyuansuanxidi 枸橼酸西地那非片
        bilaxitan 吡拉西坦注射液
        pilaxitan 吡拉西坦注射液
        tiaojingwan 调经丸
        dingkundan 定坤丹
        xueshuantong 血栓通注射液
        gaowan 睾丸片
        shenzhuzhidai 参术止带糖浆
        xiaoershenzhu 小儿参术健脾丸
        kushenshuan 苦参栓
        lvhuana 丁苯酞氯化钠注射液
        nvjin 女金丸
        Nüjinwan 女金丸
        xingnaojing 醒脑静注射液
    """,
    "several words, a mixture, no blank": """
        益母草 颗粒 益母草颗粒
        ymc kl 益母草颗粒
        ymc 颗粒 益母草颗粒
        益母草 jn 益母草胶囊
        益mc 益母草片
        yimucao kl 益母草颗粒
        yimuckl 益母草颗粒
        安宫nh 安宫牛黄丸
        anghw 安宫牛黄丸
        小儿 感冒 颗粒 小儿感冒颗粒
        xe gm kl 小儿感冒颗粒
        感冒 小儿 糖浆 小儿感冒宁糖浆
        氨基酸 18aa 复方氨基酸注射液(18AA)
        脂肪乳 c14 脂肪乳注射液(C14-24)
        干扰素 2b 重组人干扰素α2b栓
        妇科 千金 胶囊 妇科千金胶囊
        阴道片 替硝唑 替硝唑阴道片
        甲硝唑 凝胶 甲硝唑阴道凝胶
        坦 托瑞米芬 枸橼酸托瑞米芬片
        川芎嗪 磷酸 磷酸川芎嗪注射液
        zhusheyong xueshuantong 注射用血栓通(冻干)
        左炔 滴丸 左炔诺孕酮滴丸
    """,
    "Latin letters, digits and signs of every width": """
        Vero 人用狂犬病疫苗(Vero细胞)
        vero细胞 人用狂犬病疫苗(Vero细胞)
        ω-3 ω-3鱼油脂肪乳注射液
        Ω３鱼油 ω-3鱼油脂肪乳注射液
        α2a 重组人干扰素α2a栓
        １８ＡＡ 复方氨基酸注射液(18AA)
        18aa-Ⅶ 复方氨基酸注射液(18AA-Ⅶ)
        18AA-VII 复方氨基酸注射液(18AA-Ⅶ)
        黄体酮注射液（ii） 黄体酮注射液(Ⅱ)
        E1乳膏 前列腺素E1乳膏
        小儿碳酸钙ｄ３ 小儿碳酸钙D3颗粒
        聚乙二醇（3350） 复方聚乙二醇(3350)电解质散
        （果味型） 小儿清热宁颗粒(果味型)
        14aa-sf 复方氨基酸注射液(14AA-SF)
    """,
    "traditional characters": """
        安宮牛黃丸 安宫牛黄丸
        益母草顆粒 益母草颗粒
        婦科千金片 妇科千金片
        參芪扶正 参芪扶正注射液
        丹參注射液 丹参注射液
        小兒感冒顆粒 小儿感冒颗粒
        調經丸 调经丸
        複方氨基酸 复方氨基酸注射液(6AA)
        當歸調經 当归调经颗粒
        聚甲酚磺醛陰道栓 聚甲酚磺醛阴道栓
        雙黃連 双黄连注射液
        維生素 小儿多种维生素注射液(13)
        脂肪乳氨基酸葡萄糖 脂肪乳氨基酸(17)葡萄糖(11%)注射液
        銀杏葉 银杏叶提取物注射液
    """,
    "typing errors in Chinese": """
        安宫牛皇丸 安宫牛黄丸
        安官牛黄丸 安宫牛黄丸
        安宫牛黄完 安宫牛黄丸
        益母操颗粒 益母草颗粒
        益母草棵粒 益母草颗粒
        五子衍中丸 五子衍宗丸
        五子延宗丸 五子衍宗丸
        他达拉菲 他达拉非片
        他达那非 他达拉非片
        西地那飞 枸橼酸西地那非片
        西地那菲片 枸橼酸西地那非片
        艾付暖宫丸 艾附暖宫丸
        艾附暖公丸 艾附暖宫丸
        金锁固金丸 金锁固精丸
        妇科千斤片 妇科千金片
        小儿安酚黄那敏颗粒 小儿氨酚黄那敏颗粒
        小儿氨芬黄那敏颗粒 小儿氨酚黄那敏颗粒
        小儿感毛颗粒 小儿感冒颗粒
        小儿只咳糖浆 小儿止咳糖浆
        丹叁注射液 丹参注射液
        双簧连注射液 双黄连注射液
        清开林注射液 清开灵注射液
        醒脑净注射液 醒脑静注射液
        舒血宁注射夜 舒血宁注射液
        缩功素 缩宫素注射液
        左炔若孕酮 左炔诺孕酮片
        屈罗酮 屈螺酮炔雌醇片
        小儿鼓翘清热颗粒 小儿豉翘清热颗粒
        枸掾酸西地那非 枸橼酸西地那非片
        吡拉西但 吡拉西坦注射液
        甲肖唑阴道泡腾片 甲硝唑阴道泡腾片
        硝酸咪康座栓 硝酸咪康唑栓
        益母草 颗利 益母草颗粒
        孟鲁斯特 孟鲁司特钠口溶膜
    """,
    "typing errors in pinyin": """
        angongnihuang 安宫牛黄丸
        angongniuhaung 安宫牛黄丸
        ymicaokeli 益母草颗粒
        yimucaokelli 益母草颗粒
        tadalfei 他达拉非片
        xidinafie 枸橼酸西地那非片
        wuziyanzhong 五子衍宗丸
        jingsuogujing 金锁固精丸
        ainuangong 艾附暖宫丸
        xiaoerganmokeli 小儿感冒颗粒
        danshengzhusheye 丹参注射液
        qinkailing 清开灵注射液
        suogongshu 缩宫素注射液
        xinnaojing 醒脑静注射液
        xiangdangzhusheye 香丹注射液
        fukeqianjing 妇科千金片
    """,
    "codes, however they are written": """
        XA02AXX095A001010103357 小儿大黄碳酸氢钠片
        xa02axx095a001010103357 小儿大黄碳酸氢钠片
        ＸＡ０２ＡＸＸ０９５Ａ 小儿大黄碳酸氢钠片
        XA02-AXX-095A-0010-1010-3357 小儿大黄碳酸氢钠片
        XA06ADF336P 复方聚乙二醇(3350)电解质散
    """,
}
