"""Words that do not describe a picture: French and English grammar, and what every post says.

All are folded as `caption_words.fold` folds: lower case, no accents, no hyphens. Words of one or two Latin letters are
never counted, so none is listed. Left out on purpose: words that are grammar in one language and a thing in a picture
in the other or once accents are gone ("ete" is summer, "car", "main", "suit"), and garments ("short", "top", "body").
"""

from __future__ import annotations

_FRENCH = """
afin ailleurs ainsi ait alors apres assez aucun aucune aujourd hui aupres auquel aura aurait aussi autant autour
autre autres aux avaient avais avait avant avec avez avoir avons ayant beaucoup bien bientot celle celles celui cela
cependant ces cet cette ceux chacun chacune chaque chez combien comme comment contre dans debout dedans dehors deja
depuis des desormais dessous dessus deux devant doit donc dont durant elle elles encore enfin ensuite entre envers est
etaient etait etant etes etre eux faire fait faites font fois furent grace hors ici ils jamais jusqu jusque juste
laquelle lequel les lesquels leur leurs lors lorsque lui maintenant mais malgre meme memes mes mieux moins mon moyen
nos notre notres nous non ont par parce parfois parmi partout pas pendant peu peut peuvent peux plus plusieurs
plutot pour pourquoi pourrait pres presque puis puisque quand quatre que quel quelle quelles quelque quelques quels qui
quoi rien sans sera serait seront ses seul seule seulement sien sienne soi soient sois soit sommes son sont souvent
sous suis sur surtout tant tandis tel telle telles tels tes toi ton toujours tous tout toute toutes tres trois trop une
vers veux via voici voila vont vos votre votres vous vraiment
"""

_ENGLISH = """
about above across after again against ain all almost along already also although always among and another any anyone
anything are aren around away back because been before behind being below between both but came can cannot come comes
could couldn did didn does doesn doing don done down during each either else enough even ever every everyone everything
few for from get gets getting give goes going gone got had hadn has hasn have haven having her here hers herself him
himself his how however into isn its itself just keep know let lets like little made make makes many may maybe mean
might mine more most much must myself need never nor not nothing now off often once one ones only onto other others
our ours ourselves out over own perhaps put quite rather really same say says see seen set several shall she should
shouldn since some something soon still such take takes than that the their theirs them themselves then there these
they thing things this those though three through thus together too toward towards two under until upon use used using
very want was wasn way well were weren what when where whether which while who whole whom whose why will with within
without won would wouldn yes yet you your yours yourself
"""

#: What posts of any brand say: where to buy, that it is new, whom to thank, and tags made to be found.
_BOILERPLATE = """
abonnez actuellement arrivee arrivees arrivage available bio boutique boutiques boutiqueenligne buy check clic click
clickandcollect clique cliquez collection collections commande commandez commenter comments commentaire commentaires
coming concours contest coup code coeur courtesy credit credits decouvrez decouvrir decouverte discover dispo
disponible disponibles direct drop drops edition editions eshop exclusive exclusif exclusivement exclusivite
explore explorepage fashion fashionable fashionblogger fashionista fashionphotography fashionstyle find follow
followme followus free giveaway igers inbio insta instadaily instafashion instagood instagram instalike instamood
instastyle introducing item items jour latest launch launched launching lien liens lienenbio ligne like likes link
linkinbio links limited limite limitee livraison look lookbook lookdujour lookoftheday looks love lover lovers merci
mode model modele moodoftheday mua new newarrival newarrivals newcollection newin news newseason nouveau nouveaute
nouveautes nouveaux nouvel nouvelle nouvellecollection nouvelles offer offre offres official online onlinenow
onlineshop ootd ootn order orders outfit outfitoftheday outfits ouvert picoftheday photo photographe photographer
photography photooftheday photos pic pics piece pieces post presente presentons preorder preordered produit
produits product products prix profil profile promo ready regram repost retrouvez rendezvous sale season shipping shop
shopnow shopping shoponline site sneak stock store stores story stories style styled styles styling stylist stylisme
stylish swipe tag tags tap tenue tenues thank thanks today tomorrow trend trending trends trendy vente ventes
video viral visit visitez website webshop week weekend world wear wearing worn lundi mardi mercredi jeudi vendredi
samedi dimanche monday tuesday wednesday thursday friday saturday sunday
"""

STOP_WORDS = frozenset(f"{_FRENCH} {_ENGLISH} {_BOILERPLATE}".split())
