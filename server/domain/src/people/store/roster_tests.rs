use super::{
    NewDeputy, add_unit_member, delegations, deputies, deputies_in_office, deputy_of_account,
    end_office, insert_delegation, insert_deputy, insert_unit, link_deputy, unit_members, units,
    units_of_account,
};
use crate::cycles::{JurisdictionKind, Stage};
use crate::infra::database::Tx;
use crate::infra::unique_key::UniqueKey;
use crate::people::{Delegation, DelegationId, DeputyId, Role, Unit, UnitId};
use crate::testing::{NOW, TestApp, add_jurisdiction};

async fn two_deputies(service: &TestApp, tx: &mut Tx) -> (NewDeputy, NewDeputy) {
    let entropy = &service.app.entropy;
    let delegation = Delegation {
        id: DelegationId::new(NOW, entropy),
        name: "城关代表团".to_owned(),
        position: 1,
    };
    let place = service.jurisdiction.id;
    insert_delegation(tx, place, &delegation).await.unwrap();
    let new = |number, name: &str| NewDeputy {
        id: DeputyId::new(NOW, entropy),
        number,
        name: name.to_owned(),
        delegation: delegation.id,
        account: None,
    };
    let (first, second) = (new(1, "张明"), new(2, "李芳"));
    insert_deputy(tx, place, &second, NOW).await.unwrap();
    insert_deputy(tx, place, &first, NOW).await.unwrap();
    (first, second)
}

#[tokio::test]
async fn the_roster_lists_deputies_in_office_by_number() {
    for service in TestApp::on_each_database(Stage::Voting).await {
        let place = service.jurisdiction.id;
        let mut tx = service.app.database.write().await.unwrap();
        let (first, _) = two_deputies(&service, &mut tx).await;
        let names: Vec<_> = deputies(&mut tx, place)
            .await
            .unwrap()
            .into_iter()
            .map(|deputy| (deputy.number, deputy.name, deputy.delegation))
            .collect();
        assert_eq!(
            names,
            [
                (1, "张明".to_owned(), "城关代表团".to_owned()),
                (2, "李芳".to_owned(), "城关代表团".to_owned())
            ]
        );
        assert_eq!(deputies_in_office(&mut tx, place).await.unwrap(), 2);
        end_office(&mut tx, place, first.id, NOW).await.unwrap();
        assert_eq!(deputies_in_office(&mut tx, place).await.unwrap(), 1);
        assert_eq!(delegations(&mut tx, place).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_number_on_the_roster_is_taken_once() {
    for service in TestApp::on_each_database(Stage::Voting).await {
        let mut tx = service.app.database.write().await.unwrap();
        let (first, _) = two_deputies(&service, &mut tx).await;
        let again = NewDeputy {
            id: DeputyId::new(NOW, &service.app.entropy),
            ..first
        };
        let error = insert_deputy(&mut tx, service.jurisdiction.id, &again, NOW)
            .await
            .unwrap_err();
        assert!(error.refused_by(UniqueKey::DeputiesNumber), "{error}");
    }
}

#[tokio::test]
async fn an_account_is_a_deputy_only_in_its_own_jurisdiction() {
    for service in TestApp::on_each_database(Stage::Voting).await {
        let other = add_jurisdiction(&service.app, "liuwan", JurisdictionKind::Town).await;
        let account = service
            .account(&[Role::Deputy], service.jurisdiction.id)
            .await;
        let place = service.jurisdiction.id;
        let mut tx = service.app.database.write().await.unwrap();
        let (first, _) = two_deputies(&service, &mut tx).await;
        link_deputy(&mut tx, place, first.id, account, None)
            .await
            .unwrap();
        let found = deputy_of_account(&mut tx, place, account).await.unwrap();
        assert_eq!(found.map(|deputy| deputy.id), Some(first.id));
        let elsewhere = deputy_of_account(&mut tx, other.id, account).await.unwrap();
        assert_eq!(elsewhere, None);
        end_office(&mut tx, place, first.id, NOW).await.unwrap();
        let after = deputy_of_account(&mut tx, place, account).await.unwrap();
        assert_eq!(after, None);
    }
}

#[tokio::test]
async fn a_unit_s_member_works_for_it_alone() {
    for service in TestApp::on_each_database(Stage::Implementing).await {
        let account = service
            .account(&[Role::UnitStaff], service.jurisdiction.id)
            .await;
        let place = service.jurisdiction.id;
        let mut tx = service.app.database.write().await.unwrap();
        let unit = |name: &str| Unit {
            id: UnitId::new(NOW, &service.app.entropy),
            name: name.to_owned(),
        };
        let (water, roads) = (unit("县水利局"), unit("县交通运输局"));
        insert_unit(&mut tx, place, &water).await.unwrap();
        insert_unit(&mut tx, place, &roads).await.unwrap();
        for _ in 0..2 {
            add_unit_member(&mut tx, place, water.id, account)
                .await
                .unwrap();
        }
        let mine = units_of_account(&mut tx, place, account).await.unwrap();
        assert_eq!(mine, std::slice::from_ref(&water));
        assert_eq!(
            unit_members(&mut tx, place).await.unwrap(),
            [(water.id, account)]
        );
        assert_eq!(units(&mut tx, place).await.unwrap().len(), 2);
    }
}
