-- Text templates: what a finding of a kind means, what an order or a notice says.  A change makes a new version of the row;
-- every version stays in template_versions, so that what was sent can be explained.  Placeholders: {单位} {期限} {清单} {编号}
-- {标题} {等级} {来文}.  The texts are our own; the numbers in them: GB/T 22239-2019 (passwords, logs for six months), and for
-- government sites 国办秘函〔2019〕19号.
CREATE TABLE templates (
	n           INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	of          TEXT NOT NULL,             -- finding order notice
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL,             -- 'default', or another of the same kind, to be asked for by its name
	title       TEXT NOT NULL,
	problem     TEXT NOT NULL,
	harm        TEXT NOT NULL,
	remedy      TEXT NOT NULL,
	text        TEXT NOT NULL,
	problem_en  TEXT NOT NULL,             -- for readers of English; '' shows the Chinese
	harm_en     TEXT NOT NULL,
	remedy_en   TEXT NOT NULL
);
CREATE UNIQUE INDEX templates_name ON templates (of, kind, name);
CREATE TABLE template_versions (
	n           INTEGER PRIMARY KEY,
	template_n  BIGINT NOT NULL REFERENCES templates (n),
	version     BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	actor       TEXT NOT NULL,             -- '' as shipped
	title       TEXT NOT NULL,
	problem     TEXT NOT NULL,
	harm        TEXT NOT NULL,
	remedy      TEXT NOT NULL,
	text        TEXT NOT NULL,
	problem_en  TEXT NOT NULL,
	harm_en     TEXT NOT NULL,
	remedy_en   TEXT NOT NULL,
	UNIQUE (template_n, version)
);
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7862-9331-cd1554cbbf58', 1, 0, 0, 'finding', 'vulnerability', 'default',
	'存在已公开的安全漏洞',
	'{标题}：所用软件的版本在已公开漏洞的影响范围内。',
	'攻击者可利用该漏洞取得系统权限、窃取或篡改数据、使业务中断；互联网可达或已被利用的漏洞风险更高。',
	'按厂商公告升级到修复版本或安装补丁；暂时不能升级的，先关闭受影响功能、限制访问来源，并说明计划完成时间。反馈时请写明升级后的版本或补丁编号。',
	'',
	'{标题}: the version in use is within the range of published vulnerabilities.',
	'Attackers may take over the system, steal or alter data, or interrupt service.',
	'Upgrade to a fixed version or install the vendor''s patch; until then disable the affected function or restrict access. Name the new version or patch in the answer.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7292-85b4-c1cd454aa232', 1, 0, 0, 'finding', 'weak_password', 'default',
	'存在弱口令',
	'系统存在弱口令、默认口令或多个账号共用口令。',
	'攻击者可猜出口令后冒用账号登录，进而控制系统、窃取数据。',
	'立即修改相关口令（长度不少于12位，含大小写字母、数字和符号，不得与账号或单位名称相关），停用无人使用的账号，启用登录失败锁定和多因素认证，并检查近期登录日志有无异常。反馈时不要填写口令。',
	'',
	'The system has weak, default or shared passwords.',
	'Attackers may guess them, sign in, and take over the system or its data.',
	'Change them at once (12 characters or more), disable unused accounts, turn on lock-out and multi-factor authentication, review recent sign-ins. Never write a password into the answer.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-75a2-96d9-852e9d20e16e', 1, 0, 0, 'finding', 'exposed_service', 'default',
	'高风险服务暴露在互联网',
	'不应对外开放的服务端口（远程管理、数据库、文件共享等）可从互联网直接访问。',
	'服务一旦存在漏洞或弱口令，攻击者可直接入侵，是勒索和数据泄露的主要入口。',
	'关闭互联网访问，或改为经VPN、堡垒机并限制来源地址后访问；确需开放的，说明理由和防护措施。整改后请从单位以外的网络验证端口已不可达。',
	'',
	'A service that should not be public (remote administration, database, file sharing) can be reached from the Internet.',
	'With any flaw or weak password it is a direct way in; most ransomware and leaks begin there.',
	'Close it, or put it behind a VPN or bastion host with a list of allowed sources. Check from outside that the port is closed.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7324-b545-9109b73a0884', 1, 0, 0, 'finding', 'exposure', 'default',
	'资产暴露面过大',
	'资产在互联网上暴露了不必要的页面、接口、目录或版本信息。',
	'攻击者可据此收集信息、寻找入口，针对性地发起攻击。',
	'下线或限制访问不必要的页面和接口，关闭目录浏览和调试信息，隐藏版本号；核对互联网资产清单并更新台账。',
	'',
	'Pages, interfaces, folders or version details are exposed without need.',
	'Attackers collect them to find a way in.',
	'Take down or restrict what is not needed, turn off directory listings and debug output, and update the inventory.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7ac3-954f-9c0e26c2b0f4', 1, 0, 0, 'finding', 'page_tamper', 'default',
	'网页被篡改',
	'网站页面内容被篡改，出现与本单位无关或违规的内容。',
	'影响单位公信力，可能传播违法信息；说明网站已被入侵，攻击者可能仍有控制权。',
	'立即断开被篡改页面的访问并保留现场（页面、日志、文件时间），查清入侵途径，清除后门，修复漏洞并更换全部管理口令，经检查后恢复。请反馈原因分析和日志。',
	'',
	'Pages of the site have been altered.',
	'It harms the unit''s credibility, and whoever did it may still control the site.',
	'Take the page offline, keep pages, logs and file times as evidence, find the way in, remove back doors, change all passwords, then restore.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7680-bd62-1c0e7b406985', 1, 0, 0, 'finding', 'dark_link', 'default',
	'网页被植入暗链',
	'网页源代码中被植入指向博彩、色情等网站的隐藏链接或跳转代码。',
	'说明网站已被入侵；暗链会传播违法信息，并使网站被搜索引擎和浏览器拦截。',
	'清除暗链代码并保留样本，排查上传点和后门文件，修复漏洞，更换管理口令，检查同一服务器上的其他网站。',
	'',
	'Hidden links or redirects have been planted in the site''s pages.',
	'The site has been broken into; it spreads illegal content and will be blocked by search engines.',
	'Remove them and keep a sample, look for upload points and back doors, fix the flaw, change passwords, check other sites on the server.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7c34-91de-e384c84c5a62', 1, 0, 0, 'finding', 'site_down', 'default',
	'网站无法访问',
	'网站在监测期间多次无法访问或打开超时。',
	'影响公众办事和信息公开；长期不能访问的政府网站将被单项否决。',
	'检查服务器、域名解析、证书和线路，恢复访问并说明原因；长期停用的网站请按规定办理下线和注销。',
	'',
	'The site could not be opened repeatedly while it was watched.',
	'The public cannot use it; a government site down for long fails its assessment.',
	'Check server, DNS, certificate and line, restore it and tell the cause; close down sites no longer used.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7c02-b16f-85008fcf55d8', 1, 0, 0, 'finding', 'certificate', 'default',
	'网站证书异常',
	'网站的数字证书已过期、即将过期、与域名不符或不受信任。',
	'浏览器会提示不安全，用户信息有被窃听和仿冒的风险。',
	'更换有效证书（域名一致、链完整），停用TLS 1.0和1.1，并设置到期提醒。',
	'',
	'The certificate has expired, does not match the name, or is not trusted.',
	'Browsers warn, and visitors may be eavesdropped on or misled.',
	'Install a valid certificate with its chain, disable TLS 1.0 and 1.1, set a reminder.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-704a-bb7d-c63a48f6a49c', 1, 0, 0, 'finding', 'malware', 'default',
	'主机感染恶意程序',
	'主机与已知恶意地址通信，疑似感染木马、挖矿或勒索程序。',
	'主机可能被远程控制，用于窃取数据、攻击内网其他主机或加密勒索。',
	'立即断网隔离并保留内存和日志，全盘查杀并查清感染途径，同网段主机一并检查；不能确认清除的，重装系统。',
	'',
	'The host talks to known malicious addresses and is probably infected.',
	'It may be controlled remotely, used to steal data, attack others, or encrypt files.',
	'Isolate it, keep memory and logs, find how it was infected, check its neighbours; reinstall where in doubt.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-77e7-8fef-da5366144071', 1, 0, 0, 'finding', 'data_leak', 'default',
	'数据泄露风险',
	'互联网上发现疑似本单位的敏感数据，或存在可未经授权读取数据的接口、文件。',
	'个人信息或重要数据泄露将损害公众权益，单位须依法报告和承担责任。',
	'立即关闭泄露途径并联系平台删除，核实数据内容、数量和涉及人数，按规定报告主管部门并告知受影响的个人，整改访问控制。',
	'',
	'Sensitive data of the unit were found on the Internet, or can be read without authorisation.',
	'Leaked personal or important data harm the public; the unit must report it by law.',
	'Close the leak, have copies removed, establish what and how many are concerned, report as required, fix access control.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7276-854a-52ed68370fbe', 1, 0, 0, 'finding', 'misconfiguration', 'default',
	'安全配置不当',
	'系统或设备的安全配置不符合要求，如未启用认证、权限过大、日志未留存。',
	'降低攻击难度，发生问题后难以追查。',
	'按等级保护要求和厂商安全基线修改配置，日志留存不少于六个月；请附修改前后的配置截图。',
	'',
	'A system or device is configured insecurely.',
	'Attacks become easier, and harder to trace.',
	'Configure it by the vendor''s baseline and the rules of graded protection, keep logs for six months or more; attach screenshots.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-767f-a824-25e2b604276a', 1, 0, 0, 'finding', 'other', 'default',
	'网络安全隐患',
	'{标题}。',
	'可能被利用，影响系统和数据安全。',
	'请核实情况，采取措施消除隐患，并反馈处理结果和证明材料；认为情况不实或不属于本单位的，请提出异议并说明理由。',
	'',
	'{标题}.',
	'It may be used to attack systems and data.',
	'Verify it, remove it, and answer with proof; if it is not so or not yours, dispute it with the reason.');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7709-9983-d34e0be80ef5', 1, 0, 0, 'order', 'finding', 'default',
	'网络安全隐患整改',
	'',
	'',
	'',
	'{单位}：
经监测发现，你单位网络资产存在以下安全隐患，最高等级为{等级}。请于{期限}前完成整改，并通过本系统反馈整改情况和证明材料。
{清单}
整改前请做好备份，并检查是否已被利用；发现入侵迹象的，立即报告。逾期未反馈的，将予以催办、督办。',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-78da-a31f-f5e96454aae2', 1, 0, 0, 'order', 'task', 'default',
	'工作任务',
	'',
	'',
	'',
	'{单位}：
请按要求完成“{标题}”，于{期限}前通过本系统反馈完成情况和有关材料。
{清单}
如有困难，请提前说明。',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-73d0-af8c-13896c1716a6', 1, 0, 0, 'order', 'declaration', 'default',
	'信息资产申报',
	'',
	'',
	'',
	'{单位}：
请于{期限}前如实申报本单位的信息系统、网站、网络设备和互联网地址。已预填的内容请核对，没有变化的选“无变化”；不清楚的内容可选“不清楚”，没有信息系统的请选“本单位无信息系统”。',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7940-906b-70540f4528bc', 1, 0, 0, 'order', 'notice', 'default',
	'通报',
	'',
	'',
	'',
	'{单位}：
现将“{标题}”印发给你们，请认真阅研，对照排查，于{期限}前按要求反馈。
{清单}',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7e2c-b12a-b16b0efa2f28', 1, 0, 0, 'notice', 'warning', 'default',
	'关于{标题}的预警通报',
	'近日，{标题}已公开，等级为{等级}。',
	'攻击者可利用该漏洞取得系统权限、窃取数据或使业务中断。',
	'1. 立即排查是否使用受影响的产品和版本；
2. 按厂商公告升级到修复版本或安装补丁；暂时不能升级的，关闭受影响功能或限制访问来源；
3. 检查日志，发现被利用迹象的，断网隔离并立即报告；
4. 于{期限}前反馈排查和处置情况。',
	'{单位}：',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-741b-8660-86a3237f540e', 1, 0, 0, 'notice', 'hazard', 'default',
	'关于{标题}的隐患通报',
	'经监测发现，部分单位存在{标题}问题，等级为{等级}。',
	'该问题可被利用，造成系统失控、数据泄露或网页被篡改。',
	'1. 对照本通报全面排查，涉及本单位的资产见后；
2. 于{期限}前完成整改并反馈整改情况和证明材料；
3. 举一反三，检查同类系统。
{清单}',
	'{单位}：',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7ba2-8429-025adb3c73ce', 1, 0, 0, 'notice', 'incident', 'default',
	'关于{标题}的事件通报',
	'近期发生{标题}。现将有关情况通报如下。',
	'该事件反映出安全责任落实不到位、防护措施不足的问题，同类风险在其他单位可能存在。',
	'1. 吸取教训，检查本单位是否存在同类问题；
2. 落实值班值守和日志留存，完善应急预案；
3. 发现异常立即处置，并按规定时限报告；
4. 于{期限}前反馈自查情况。',
	'{单位}：',
	'',
	'',
	'');
INSERT INTO templates (id, version, created_at, updated_at, of, kind, name, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
VALUES ('00000000-0000-7242-9864-3167b19af36d', 1, 0, 0, 'notice', 'tip', 'default',
	'关于{标题}的工作提示',
	'为做好{标题}有关工作，现提示如下。',
	'',
	'1. 明确责任人，细化措施；
2. 加强监测和值班值守，遇有情况及时报告；
3. 于{期限}前完成。',
	'{单位}：',
	'',
	'',
	'');
INSERT INTO template_versions (template_n, version, at, actor, title, problem, harm, remedy, text, problem_en, harm_en, remedy_en)
SELECT n, version, created_at, '', title, problem, harm, remedy, text, problem_en, harm_en, remedy_en FROM templates;
