#include "asset/declaration_columns.h"

static const struct declaration_word hostings[] = {
	{ "own_room", "自建机房|自建|本单位机房|单位机房|本地" },
	{ "government_cloud", "政务云|市政务云|省政务云|数字政府云" },
	{ "cloud", "云服务商|公有云|云|阿里云|腾讯云|华为云|天翼云|移动云|联通云" },
	{ "colocation", "托管|托管机房|IDC|运营商机房|主管部门机房" },
	{ NULL, NULL },
};
static const struct declaration_word importances[] = {
	{ "high", "高|重要|核心|非常重要" },
	{ "medium", "中|一般|较重要" },
	{ "low", "低|次要" },
	{ NULL, NULL },
};
static const struct declaration_word exposures[] = {
	{ "internet", "是|互联网|公网|外网|互联网可访问|面向互联网|可以" },
	{ "internal", "否|内网|政务外网|政务内网|专网|局域网|不可以" },
	{ NULL, NULL },
};
const struct declaration_word declaration_levels[] = {
	{ "ungraded", "未定级" },
	{ "1", "一级" },
	{ "2", "二级" },
	{ "3", "三级" },
	{ "4", "四级" },
	{ "5", "五级" },
	{ NULL, NULL },
};

const struct declaration_column declaration_columns[] = {
	{ "name", "系统名称", "名称|系统|信息系统名称|应用系统名称|网站名称|name", DECLARATION_TEXT, .want = "",
		.help = "填写说明：每个系统一行，写全称；没有信息系统的只写一行“本单位无信息系统”" },
	{ "url", "网址", "访问地址|访问网址|URL|域名|系统网址", DECLARATION_TEXT, true, .want = "",
		.help = "如 https://oa.example.gov.cn/；没有的填“无”" },
	{ "address", "IP 地址", "IP|地址|服务器地址|服务器IP|主机地址|address", DECLARATION_ADDRESS, true, .want = "",
		.help = "一个，其余写在备注" },
	{ "mlps_level", "等保级别", "等保等级|等级保护级别|定级|等保定级|mlps_level", DECLARATION_LEVEL, true,
		.want = "", .help = "一级至五级、未定级" },
	{ "record_number", "备案编号", "备案号|等保备案号|备案证明编号|等保备案编号|record_number", DECLARATION_TEXT,
		true, .want = "", .help = "等保备案证明的编号" },
	{ "hosting", "部署方式", "部署位置|托管方式|部署环境|hosting", DECLARATION_WORD, true, hostings,
		"应为自建机房、政务云、云服务商、托管或不清楚", "自建机房、政务云、云服务商、托管" },
	{ "hosting_party", "托管单位", "云服务商名称|机房名称|托管方|hosting_party", DECLARATION_TEXT, true, .want = "",
		.help = "云或机房的提供方" },
	{ "operator", "运维单位", "运维厂商|承建单位|运维方|维护单位|operator", DECLARATION_TEXT, true, .want = "",
		.help = "日常维护的单位，本单位自己维护的填本单位" },
	{ "importance", "重要程度", "重要性|importance", DECLARATION_WORD, true, importances,
		"应为高、中、低或不清楚", "高、中、低" },
	{ "exposure", "互联网可访问", "暴露面|是否互联网可访问|是否面向互联网|互联网|exposure", DECLARATION_WORD, true,
		exposures, "应为是、否或不清楚", "是、否" },
	{ "software", "主要软件", "软件|软件及版本|主要软件及版本|software", DECLARATION_SOFTWARE, true, .want = "",
		.help = "名称和版本，分号隔开，如：Nginx 1.18.0；达梦数据库 8；名称见“软件清单”" },
	{ "note", "备注", "说明|note", DECLARATION_TEXT, .want = "", .help = "任何一项不清楚的，填“不清楚”" },
	{ "asset_id", "资产标识", "asset_id", DECLARATION_TEXT, .want = "", .help = "请勿改动" },
	{ "id", "申报标识", "id", DECLARATION_TEXT, .want = "", .help = "请勿改动" },
	{ NULL, NULL, NULL, DECLARATION_TEXT, .want = NULL },
};
